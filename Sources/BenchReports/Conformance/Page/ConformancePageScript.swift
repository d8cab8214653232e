/// The page's own script, in three parts: the matrix with its filters, what a case opens to, and its wire log.
///
/// Everything shown is made as text (`textContent`), never as markup: names and explanations come from peers.
enum ConformancePageScript {
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

    static let details = #"""
        function toggle(entry) {
          const isOpen = entry.detail !== null;
          entry.button.setAttribute("aria-expanded", String(!isOpen));
          entry.line.classList.toggle("open", !isOpen);
          if (isOpen) {
            entry.detail.remove();
            entry.detail = null;
          } else {
            entry.detail = make("tr", "detail");
            const cell = make("td", "", detail(entry.row));
            cell.colSpan = 2 + data.runs.length;
            entry.detail.append(cell);
            entry.line.after(entry.detail);
          }
          remember();
        }
        function detail(row) {
          const about = make("dl", "about");
          const add = (list, label, ...content) => list.append(make("dt", "", label), make("dd", "", ...content));
          add(about, "Requirement", row.requirement);
          add(about, "Source", row.source + ", " + row.level + (row.tags.length ? ", tagged " + row.tags.join(", ") : ""));
          add(about, "Accepted", outcomes(row.expected));
          const found = make("div", "found");
          row.runs.forEach((result, index) => {
            const section = make("section");
            section.append(make("h3", "", data.runs.length > 1 ? data.runs[index].name : null, badge(result),
              result ? make("span", "aside", grades(result)) : null));
            found.append(section);
            if (!result) return;
            section.append(make("p", "because", result.x));
            const facts = make("dl", "about");
            if (result.known) add(facts, "Foretold", result.known.join(" or ") + ": " + result.reason);
            if (result.e) add(facts, "Accepted", outcomes(result.e));
            if (result.o.length) add(facts, "Happened", outcomes(result.o));
            if (result.before) add(facts, "Attempts", result.before.join(", ") + ", then " + result.v);
            if (result.seed) add(facts, "Seed", make("code", "", result.seed));
            if (facts.childNodes.length) section.append(facts);
            section.append(wireLog(result));
          });
          return make("div", "", about, found);
        }
        const outcomes = (list) => list.length === 1 ? list[0]
          : make("ul", "", ...list.map((text) => make("li", "", text)));
        const grades = (result) => "behaviour " + result.b + (result.c ? ", close " + result.c : "")
          + (result.code !== undefined ? " (" + result.code + ")" : "") + ", " + number(result.d) + " ms";

        """#

    static let wire = #"""
        const kinds = { connected: "connected", sent: "→ sent", received: "← received", finished: "→ our end (FIN)",
          reset: "→ we reset the connection", peerFinished: "← the peer’s end (FIN)", peerReset: "← the connection was reset",
          waited: "waited", remark: "remark" };
        function wireLog(result) {
          if (result.leftOut) return make("p", "aside", "The wire log of cases that broke nothing is left out of this page.");
          if (!result.w) return make("p", "aside", "There is no wire log.");
          const log = make("div", "wire", make("h4", "", "What went over the wire"));
          const connections = new Set(result.w.map((entry) => entry[1])).size;
          for (const [time, connection, kind, digits, length, notes] of result.w) {
            const what = make("span", kind === "sent" || kind === "received" ? kind : "", kinds[kind] ?? kind);
            const head = make("p", "", make("time", "", (time / 1000).toFixed(3) + " ms"), what);
            if (kind === "sent" || kind === "received") head.append(number(length) + (length === 1 ? " octet" : " octets"));
            if (connections > 1) head.append(make("span", "aside", "connection " + (connection + 1)));
            const octets = new Uint8Array(digits.length / 2);
            for (let index = 0; index < octets.length; index += 1) {
              octets[index] = parseInt(digits.slice(2 * index, 2 * index + 2), 16);
            }
            const entry = make("div", "entry", head);
            if (octets.length > 0) entry.append(dump(octets, length, notes));
            else for (const [, , text, offending] of notes) {
              head.append(make("span", "octets", make("span", offending ? "say off" : "say", text)));
            }
            log.append(entry);
          }
          if (result.omitted > 0) log.append(make("p", "aside", "The log left out " + number(result.omitted) + " more."));
          return log;
        }
        // Rows that are shown before one asks for all.
        const rowLimit = 20;
        function dump(octets, length, notes) {
          const width = innerWidth < 640 ? 8 : 16;
          const inside = notes.map(([offset, count, text, offending]) => {
            const start = Math.min(Math.max(0, offset), octets.length);
            return { start, end: Math.min(Math.max(start, offset + count), octets.length), text, offending: offending === 1,
              isBeyond: offset >= octets.length };
          }).sort((a, b) => a.start - b.start || b.end - a.end);
          const offends = new Uint8Array(octets.length);
          for (const note of inside) if (note.offending) offends.fill(1, note.start, note.end);
          // Notes inside of others stand under their octets; the outer ones cut the dump into parts.
          const parts = [];
          let at = 0;
          for (const note of inside.filter((note) => !note.isBeyond)) {
            const last = parts.at(-1);
            if (last && last.note && note.start < last.end) {
              last.nested.push(note);
              continue;
            }
            if (note.start > at) parts.push({ start: at, end: note.start, note: null, nested: [] });
            parts.push({ start: note.start, end: note.end, note, nested: [] });
            at = note.end;
          }
          if (at < octets.length) parts.push({ start: at, end: octets.length, note: null, nested: [] });
          const block = make("pre", "octets");
          const hidden = [];
          for (const part of parts) {
            const lines = partRows(part, octets, width);
            const keep = lines.length > rowLimit + 4 && !offends.subarray(lines[rowLimit].start, part.end).includes(1)
              ? rowLimit : lines.length;
            lines.forEach((line, index) => {
              const drawn = drawRow(line, octets, offends, part.nested, width);
              if (index >= keep) { drawn.hidden = true; hidden.push(drawn); }
              block.append(drawn);
            });
            if (part.note) block.append(make("span", part.note.offending ? "say off" : "say", "      └ " + part.note.text + "\n"));
          }
          for (const note of inside.filter((note) => note.isBeyond)) {
            block.append(make("span", note.offending ? "say off" : "say", "      └ at octet " + note.start + " and beyond: " + note.text + "\n"));
          }
          if (length > octets.length) block.append(make("span", "end", "      … " + number(length - octets.length) + " more octets\n"));
          if (hidden.length === 0) return block;
          const more = make("button", "more", "Show " + number(hidden.length) + " more rows");
          more.type = "button";
          more.addEventListener("click", () => {
            for (const row of hidden) row.hidden = false;
            more.remove();
          });
          return make("div", "", block, more);
        }
        // Text with line ends, such as an HTTP head, is read by its lines; everything else sixteen octets a row.
        function partRows(part, octets, width) {
          const content = octets.subarray(part.start, part.end);
          const isText = content.length > 8 && content.includes(10)
            && content.every((octet) => octet === 10 || octet === 13 || octet === 9 || (octet >= 32 && octet < 127));
          const lines = [];
          if (isText) {
            let start = part.start;
            for (let index = part.start; index < part.end; index += 1) {
              if (octets[index] === 10 || index === part.end - 1) { lines.push({ start, end: index + 1, isText }); start = index + 1; }
            }
            return lines;
          }
          for (let start = part.start; start < part.end; start += width) lines.push({ start, end: Math.min(start + width, part.end), isText });
          return lines;
        }
        function drawRow(line, octets, offends, nested, width) {
          const drawn = make("span", "");
          drawn.append(make("span", "at", line.start.toString(16).padStart(4, "0") + "  "));
          let characters = "";
          for (let index = line.start; index < line.end; index += 1) {
            const octet = octets[index];
            const isPrintable = octet >= 32 && octet < 127;
            let text = octet.toString(16).padStart(2, "0");
            if (line.isText) text = isPrintable ? String.fromCharCode(octet) : octet === 13 ? "\\r" : octet === 10 ? "\\n" : "\\t";
            const span = make("span", offends[index] ? "off" : line.isText && !isPrintable ? "end" : "", text);
            if (span.className) drawn.append(span); else drawn.append(text);
            if (!line.isText && index < line.end - 1) drawn.append(" ");
            characters += isPrintable ? String.fromCharCode(octet) : ".";
          }
          if (!line.isText) {
            drawn.append(" ".repeat(3 * (width - (line.end - line.start)) + 2), make("span", "chars", characters));
          }
          drawn.append("\n");
          for (const note of nested) {
            if (note.start < line.start || note.start >= line.end) continue;
            const [step, mark] = line.isText ? [1, 1] : [3, 2];
            const count = Math.max(1, Math.min(note.end, line.end) - note.start);
            drawn.append(make("span", note.offending ? "say off" : "say",
              " ".repeat(6 + step * (note.start - line.start)) + "^".repeat(step * (count - 1) + mark) + " " + note.text + "\n"));
          }
          return drawn;
        }
        recall();
        """#
}
