/// The head of an HTTP/1.1 message as it came: first line and fields, in order, nothing merged or corrected.
struct HTTPHead: Sendable, Equatable {
    /// The request line or status line, without its end.
    var startLine: String
    /// Names as sent; values without white space around them (RFC 9112 §5.1).
    var fields: [(name: String, value: String)]
    /// Every octet up to and with the empty line.
    var octets: [UInt8]

    static func == (left: HTTPHead, right: HTTPHead) -> Bool { left.octets == right.octets }

    /// The values of all fields called `name`, in order.
    func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// The value of the only field called `name`; nil when there is none or more than one.
    func value(_ name: String) -> String? {
        let values = values(name)
        return values.count == 1 ? values[0] : nil
    }

    /// The elements of the comma-separated list that all fields called `name` make, trimmed; quoted commas are not
    /// understood, which no list of tokens has.
    func tokens(_ name: String) -> [String] {
        values(name).flatMap { $0.split(separator: ",", omittingEmptySubsequences: true) }
            .map { trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    /// Of a response: the status; nil when the status line is none.
    var status: Int? {
        let parts = startLine.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/"), parts[1].utf8.count == 3 else { return nil }
        return Int(parts[1])
    }

    /// Of a request: the request target; nil when the request line is none.
    var target: String? {
        let parts = startLine.split(separator: " ", omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }

    /// Takes a head off the start of `octets`.
    ///
    /// - Returns: nil while the empty line that ends it has not come.
    static func parse(_ octets: some Collection<UInt8>) -> HTTPHead? {
        let octets = Array(octets)
        guard let end = endOfHead(octets) else { return nil }
        let head = Array(octets[..<end])
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        for octet in head {
            if octet == 0x0a {
                if line.last == 0x0d { line.removeLast() }
                lines.append(line)
                line = []
            } else {
                line.append(octet)
            }
        }
        let texts = lines.map { String(decoding: $0, as: UTF8.self) }
        let fields = texts.dropFirst().filter { !$0.isEmpty }.map { line -> (name: String, value: String) in
            guard let colon = line.firstIndex(of: ":") else { return (line, "") }
            return (String(line[..<colon]), trimmed(String(line[line.index(after: colon)...])))
        }
        return HTTPHead(startLine: texts.first ?? "", fields: fields, octets: head)
    }

    private static func endOfHead(_ octets: [UInt8]) -> Int? {
        // CR LF CR LF, or LF LF from a peer that is careless.
        var index = 0
        while let feed = octets[index...].firstIndex(of: 0x0a) {
            if feed + 1 < octets.count, octets[feed + 1] == 0x0a { return feed + 2 }
            if feed + 2 < octets.count, octets[feed + 1] == 0x0d, octets[feed + 2] == 0x0a { return feed + 3 }
            index = feed + 1
        }
        return nil
    }
}

/// `text` without spaces and tabs at its ends.
func trimmed(_ text: String) -> String {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
}

/// The head of a message to send, octet for octet as given: nothing is checked.
///
/// Octets that are no UTF-8 are written with ``octet(_:)``.
struct HTTPHeadText: Sendable {
    var startLine: String
    var fields: [(name: String, value: String)]
    var lineEnd = "\r\n"
    /// Between a name and its value.
    var separator = ": "

    /// A character that leaves as just this octet: U+F700 and the octet, from the private use area.
    static func octet(_ octet: UInt8) -> String { String(Unicode.Scalar(UInt16(0xf700) + UInt16(octet)) ?? " ") }

    init(startLine: String, fields: [(name: String, value: String)]) {
        self.startLine = startLine
        self.fields = fields
    }

    /// Replaces the value of `name`, or appends the field; nil removes it.
    mutating func set(_ name: String, _ value: String?) {
        guard let value else {
            fields.removeAll { $0.name.lowercased() == name.lowercased() }
            return
        }
        if let index = fields.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) {
            fields[index].value = value
        } else {
            fields.append((name, value))
        }
    }

    mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    var octets: [UInt8] {
        var text = startLine + lineEnd
        for field in fields { text += field.name + separator + field.value + lineEnd }
        return Self.octets(of: text + lineEnd)
    }

    /// What `text` is on the wire.
    static func octets(of text: String) -> [UInt8] {
        let plain = Array(text.utf8)
        // U+F700 and its neighbours begin with this octet. Heads of megabytes do not, and must not hold up other cases.
        guard plain.contains(0xef) else { return plain }
        var octets: [UInt8] = []
        octets.reserveCapacity(plain.count)
        for scalar in text.unicodeScalars {
            if (0xf700...0xf7ff).contains(scalar.value) {
                octets.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                octets += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        return octets
    }
}
