/// The page's only script: values under the pointer, and copying the command. Without it everything else works.
enum PageScript {
    static let javascript = #"""
        "use strict";
        for (const frame of document.querySelectorAll(".frame[data-x]")) {
          const places = frame.dataset.x.split(";").map(Number);
          const labels = frame.dataset.labels.split(";");
          const lines = [...frame.querySelectorAll("data")].map((line) => ({
            name: line.title, values: line.value.split(";") }));
          const plot = frame.querySelector("svg.plot");
          // The browser's own tooltip would cover ours: the names move to attributes.
          plot.setAttribute("aria-label", [...plot.querySelectorAll(":scope > title, :scope > desc")].map((part) => {
            part.remove();
            return part.textContent;
          }).join(". "));
          plot.removeAttribute("aria-labelledby");
          const cross = document.createElement("div");
          const tip = document.createElement("div");
          cross.className = "cross";
          tip.className = "tip";
          cross.hidden = tip.hidden = true;
          frame.append(cross, tip);
          const show = (event) => {
            const box = frame.getBoundingClientRect();
            const wanted = 100 * (event.clientX - box.left) / box.width;
            let low = 0, high = places.length - 1;
            while (high - low > 1) {
              const middle = (low + high) >> 1;
              if (places[middle] > wanted) high = middle; else low = middle;
            }
            const index = wanted - places[low] < places[high] - wanted ? low : high;
            tip.textContent = "";
            const head = document.createElement("b");
            head.textContent = labels[index];
            tip.append(head);
            for (const line of lines) {
              const row = document.createElement("span");
              const name = document.createElement("i");
              name.textContent = line.name;
              row.append(name, line.values[index]);
              tip.append(row);
            }
            cross.hidden = tip.hidden = false;
            cross.style.left = places[index] + "%";
            const left = box.width * places[index] / 100;
            const right = left + 14 + tip.offsetWidth <= box.width;
            tip.style.left = Math.max(-50, right ? left + 14 : left - 14 - tip.offsetWidth) + "px";
          };
          const hide = () => { cross.hidden = tip.hidden = true; };
          frame.addEventListener("pointermove", show);
          frame.addEventListener("pointerdown", show);
          frame.addEventListener("pointerleave", hide);
        }
        for (const button of document.querySelectorAll("button[data-copy]")) {
          button.hidden = !navigator.clipboard;
          button.addEventListener("click", () => {
            navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(() => {
              button.textContent = "Copied";
            }, () => { button.textContent = "Press Ctrl+C"; });
          });
        }
        """#
}
