/// The page's own script, in three parts: the matrix with its filters, what a case opens to, and its wire log.
///
/// Everything shown is made as text (`textContent`), never as markup: names and explanations come from peers.
enum ConformancePageScript {
    /// A row for each case, filters, keys, and the state in the page's address.
    static let matrix = #"""
        "use strict";
        const data = JSON.parse(document.getElementById("data").textContent);
        const form = document.querySelector(".filters");
        const table = document.querySelector("table.cases");
        const status = document.querySelector(".status");
        const make = (name, className, ...content) => {
          const element = document.createElement(name);
          if (className) element.className = className;
          element.append(...content.filter((part) => part !== null && part !== undefined));
          return element;
        };
        const number = (value) => value.toLocaleString("en");
        const tones = { "PASS": "pass", "NON-STRICT": "loose", "INFO": "info", "SKIP": "skip" };
        const passed = new Set(["PASS", "INFO", "SKIP"]);
        const signs = { "PASS": "✓", "NON-STRICT": "~", "INFO": "i", "SKIP": "–" };
        const verdictText = (result) => {
          const sign = signs[result.v] ?? "✗";
          return sign + " " + result.v;
        };
        const badge = (result) => {
          if (!result) return make("span", "v none", "not run");
          let name = "v " + (tones[result.v] ?? "fail");
          let remark = null;
          if (result.bad) { name = "v fail"; if (tones[result.v]) remark = "unexpected"; }
          else if (result.good) { name = "v surprise"; remark = "unexpected"; }
          else if (result.broken) { name += " known"; remark = "expected"; }
          else if (result.flaky) { name = "v surprise"; remark = "flaky"; }
          const span = make("span", name, verdictText(result));
          if (remark) span.append(" ", make("small", "", remark));
          return span;
        };
        const mixedRoles = new Set(data.cases.map((row) => row.role)).size > 1;
        const rows = [];
        const bodies = new Map();
        for (const row of data.cases) {
          let body = bodies.get(row.group);
          if (!body) {
            const section = make("tbody");
            const heading = make("tr", "group");
            const cell = make("th", "", row.group, " ");
            cell.colSpan = 2 + data.runs.length;
            cell.scope = "colgroup";
            const count = make("span", "aside");
            cell.append(make("span", "aside", row.subject), " ", count);
            heading.append(cell);
            section.append(heading);
            body = { section, count, shown: 0, total: 0 };
            bodies.set(row.group, body);
          }
          const line = make("tr", "case");
          const head = make("th");
          head.scope = "row";
          const button = make("button", "", make("b", "", row.id), " ",
            make("span", "", (mixedRoles ? row.role + ": " : "") + row.title));
          button.type = "button";
          button.setAttribute("aria-expanded", "false");
          head.append(button);
          line.append(head, make("td", "", make("span", "chip", row.level)));
          for (const result of row.runs) line.append(make("td", "cell", badge(result)));
          body.section.append(line);
          body.total += 1;
          const words = [row.id, row.title, row.requirement, row.source, ...row.tags,
            ...row.runs.map((result) => result ? result.x : "")].join("\n").toLowerCase();
          const entry = { row, line, button, body, words, detail: null,
            verdicts: new Set(row.runs.filter(Boolean).map((result) => result.v)),
            failing: row.runs.some((result) => result && !passed.has(result.v)),
            unexpected: row.runs.some((result) => result && (result.bad || result.good)),
            differing: new Set(row.runs.map((result) => result ? result.v + result.b + result.c + result.code : "")).size > 1 };
          rows.push(entry);
          line.addEventListener("click", () => {
            // Somebody who selects text does not want the row to close.
            if (String(getSelection())) return;
            toggle(entry);
          });
        }
        table.append(...[...bodies.values()].map((body) => body.section));

        const filter = () => {
          const values = new FormData(form);
          const words = String(values.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
          const [group, level, verdict] = ["group", "level", "verdict"].map((name) => values.get(name));
          const [failing, unexpected, differing] = ["failing", "unexpected", "differing"].map((name) => values.has(name));
          for (const body of bodies.values()) body.shown = 0;
          let shown = 0;
          for (const entry of rows) {
            const isShown = (!group || entry.row.group === group) && (!level || entry.row.level === level)
              && (!verdict || entry.verdicts.has(verdict)) && (!failing || entry.failing)
              && (!unexpected || entry.unexpected) && (!differing || entry.differing)
              && words.every((word) => entry.words.includes(word));
            entry.line.hidden = !isShown;
            if (entry.detail) entry.detail.hidden = !isShown;
            if (isShown) { shown += 1; entry.body.shown += 1; }
          }
          for (const body of bodies.values()) {
            body.section.hidden = body.shown === 0;
            body.count.textContent = body.shown === body.total
              ? number(body.total) + " cases" : number(body.shown) + " of " + number(body.total);
          }
          status.textContent = shown === rows.length ? number(shown) + " cases"
            : number(shown) + " of " + number(rows.length) + " cases" + (shown === 0 ? ": nothing is like this." : "");
          remember();
        };
        // The address names what is shown, so that it can be passed on.
        let isReady = false;
        const remember = () => {
          if (!isReady) return;
          const state = new URLSearchParams();
          for (const [name, value] of new FormData(form)) if (value) state.set(name, value);
          const open = rows.filter((entry) => entry.detail && !entry.line.hidden).map((entry) => entry.row.id);
          if (open.length > 0 && open.length < 20) state.set("open", open.join(" "));
          try { history.replaceState(null, "", "#" + (state.toString() || "all")); } catch { /* not allowed here */ }
        };
        const recall = () => {
          const state = new URLSearchParams(location.hash.slice(1));
          if (!location.hash && rows.some((entry) => entry.unexpected)) state.set("unexpected", "on");
          for (const control of form.elements) {
            if (!control.name) continue;
            if (control.type === "checkbox") control.checked = state.has(control.name);
            else control.value = state.get(control.name) ?? "";
          }
          filter();
          const open = new Set((state.get("open") ?? "").split(" ").filter(Boolean));
          const opened = rows.filter((entry) => open.has(entry.row.id));
          for (const entry of opened) if (!entry.detail) toggle(entry);
          if (opened.length > 0) opened[0].line.scrollIntoView();
          isReady = true;
        };

        form.addEventListener("input", filter);
        form.addEventListener("submit", (event) => event.preventDefault());
        form.addEventListener("reset", () => setTimeout(filter));
        for (const button of document.querySelectorAll("button[data-group]")) {
          button.addEventListener("click", () => {
            for (const name of ["failing", "unexpected", "differing"]) if (form.elements[name]) form.elements[name].checked = false;
            form.elements.q.value = form.elements.level.value = form.elements.verdict.value = "";
            form.elements.group.value = button.dataset.group;
            filter();
            document.getElementById("matrix").scrollIntoView();
          });
        }
        document.addEventListener("keydown", (event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement?.tagName);
          if (event.key === "/" && !isTyping) {
            event.preventDefault();
            form.elements.q.focus();
          } else if ((event.key === "ArrowDown" || event.key === "ArrowUp")
              && (!isTyping || (document.activeElement === form.elements.q && event.key === "ArrowDown"))) {
            const visible = rows.filter((entry) => !entry.line.hidden);
            const at = visible.findIndex((entry) => entry.line.contains(document.activeElement)
              || entry.detail?.contains(document.activeElement));
            if (at < 0 && !isTyping) return;
            const next = visible[at + (event.key === "ArrowDown" ? 1 : -1)];
            if (!next) return;
            event.preventDefault();
            next.button.focus();
          } else if (event.key === "Escape") {
            const entry = rows.find((entry) => entry.detail
              && (entry.line.contains(document.activeElement) || entry.detail.contains(document.activeElement)));
            if (entry) { toggle(entry); entry.button.focus(); }
          }
        });
        addEventListener("hashchange", () => { isReady = false; recall(); });

        """#
}
