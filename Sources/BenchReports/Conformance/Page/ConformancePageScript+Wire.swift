extension ConformancePageScript {
    /// Octets in rows, the notes under the octets they mean; begins the page at last.
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
        // Of notes on octets that are not in the page, so many are told besides those on what offends.
        const beyondLimit = 4;
        function dump(octets, length, notes) {
          const width = innerWidth < 640 ? 8 : 16;
          const inside = notes.map(([offset, count, text, offending]) => {
            const start = Math.min(Math.max(0, offset), octets.length);
            return { start, end: Math.min(Math.max(start, offset + count), octets.length), text, offending: offending === 1,
              isBeyond: offset >= octets.length, at: offset };
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
          const beyond = inside.filter((note) => note.isBeyond);
          const told = beyond.filter((note, index) => note.offending || index < beyondLimit);
          for (const note of told) {
            block.append(make("span", note.offending ? "say off" : "say", "      └ at octet " + number(note.at) + ": " + note.text + "\n"));
          }
          if (told.length < beyond.length) {
            block.append(make("span", "say", "      └ and " + number(beyond.length - told.length) + " more in what is not shown\n"));
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
