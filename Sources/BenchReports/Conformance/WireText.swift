package import BenchResults

/// A wire log as text: a line for each event, then its octets in rows of sixteen with the notes under them.
package enum WireText {
    /// What is kept at most, in octets of UTF-8, so that one case does not fill a report.
    package static let limit = 65_536

    package static func text(_ log: WireLog, limit: Int = limit) -> String {
        var text = ""
        for entry in log.entries {
            let piece = self.text(entry, room: limit)
            guard text.utf8.count + piece.utf8.count <= limit else {
                return text + "… the rest of the wire log is in results.json\n"
            }
            text += piece
        }
        if log.omittedOctets > 0 { text += "… the log left out \(log.omittedOctets) more\n" }
        return text
    }

    private static func text(_ entry: WireLog.Entry, room: Int) -> String {
        var lines = ["\(time(entry.time)) \(label(entry))"]
        // Each row of sixteen octets takes some seventy characters: more rows than fit need not be made.
        let octets = HexText.octets(String(entry.octets.prefix(room / 2)))
        for start in stride(from: 0, to: octets.count, by: 16) {
            lines.append("  " + row(octets[start..<min(start + 16, octets.count)], at: start))
        }
        let missing = entry.length.subtractingClamped(octets.count)
        if missing > 0 { lines.append("  … \(missing) more octets") }
        for note in entry.notes {
            let place = note.count > 0 ? "[\(note.offset), \(note.count) octets] " : ""
            lines.append("  \(note.isOffending ? "!!" : "--") \(place)\(TerminalText.safe(note.text))")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func row(_ octets: ArraySlice<UInt8>, at offset: Int) -> String {
        let digits = octets.map { HexText.text([$0]) }.joined(separator: " ")
        let characters = octets.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: ".") }
        let address = String(offset, radix: 16)
        return String(repeating: "0", count: max(0, 4 - address.count)) + address + "  " + digits
            + String(repeating: " ", count: 3 * (16 - octets.count) + 2) + String(decoding: characters, as: UTF8.self)
    }

    /// `12.345 ms`.
    static func time(_ microseconds: Int) -> String {
        let (milliseconds, rest) = max(0, microseconds).quotientAndRemainder(dividingBy: 1000)
        let digits = String(rest)
        return "\(milliseconds).\(String(repeating: "0", count: 3 - digits.count))\(digits) ms"
    }

    static func label(_ entry: WireLog.Entry) -> String {
        let connection = entry.connection == 0 ? "" : " on connection \(entry.connection.addingClamped(1))"
        let what =
            switch entry.kind {
            case .connected: "connected"
            case .sent: "sent \(entry.length) octets"
            case .received: "received \(entry.length) octets"
            case .finished: "we ended our direction (FIN)"
            case .reset: "we reset the connection"
            case .peerFinished: "the peer ended its direction (FIN)"
            case .peerReset: "the connection was reset"
            case .waited: "waited"
            case .remark: "remark"
            }
        return what + connection
    }
}
