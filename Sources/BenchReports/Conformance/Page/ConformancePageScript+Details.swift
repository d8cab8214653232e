extension ConformancePageScript {
    /// What a case opens to, made when it is opened.
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
        // Of a long list the beginning and the end tell most.
        const [listStart, listEnd] = [8, 4];
        const outcomes = (list) => {
          if (list.length === 1) return list[0];
          const items = list.map((text) => make("li", "", text));
          if (list.length <= listStart + listEnd + 2) return make("ul", "", ...items);
          const hidden = items.slice(listStart, -listEnd);
          for (const item of hidden) item.hidden = true;
          const more = make("button", "more", number(hidden.length) + " more");
          more.type = "button";
          const place = make("li", "plain", more);
          more.addEventListener("click", () => {
            for (const item of hidden) item.hidden = false;
            place.remove();
          });
          return make("ul", "", ...items.slice(0, listStart), place, ...items.slice(listStart));
        };
        const grades = (result) => "behaviour " + result.b + (result.c ? ", close " + result.c : "")
          + (result.code !== undefined ? " (" + result.code + ")" : "") + ", " + number(result.d) + " ms";

        """#
}
