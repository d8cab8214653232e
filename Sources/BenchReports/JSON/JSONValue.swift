/// JSON to be written: for formats whose layout others fixed, and for data inside of pages.
indirect enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case string(String)
    case array([JSONValue])
    /// Keys must differ.
    case object([(key: String, value: JSONValue)])

    static func strings(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map(JSONValue.string)) }

    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    static func optional(_ number: (some BinaryInteger)?) -> JSONValue {
        number.map { .integer(Int(clamping: $0)) } ?? .null
    }

    /// On one line, in ASCII, and harmless inside of a `script` element: `<` is written as an escape.
    var compact: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Laid out with keys sorted, as Python's `json.dumps(…, sort_keys=True, indent=3)` does.
    func laidOut(indent: Int = 3) -> String {
        var text: [UInt8] = []
        append(to: &text, indent: indent, depth: 0)
        return String(decoding: text, as: UTF8.self)
    }

    private func append(to text: inout [UInt8]) {
        switch self {
        case .null, .boolean, .integer, .string: appendScalar(to: &text)
        case .array(let values):
            text.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                value.append(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                Self.append(member.key, to: &text)
                text.append(UInt8(ascii: ":"))
                member.value.append(to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private func append(to text: inout [UInt8], indent: Int, depth: Int) {
        switch self {
        case .null, .boolean, .integer, .string: appendScalar(to: &text)
        case .array(let values) where values.isEmpty: text += "[]".utf8
        case .object(let members) where members.isEmpty: text += "{}".utf8
        case .array(let values):
            text.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                Self.newLine(&text, isFirst: index == 0, indent: indent * (depth + 1))
                value.append(to: &text, indent: indent, depth: depth + 1)
            }
            Self.newLine(&text, isFirst: true, indent: indent * depth)
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
                .enumerated()
            {
                Self.newLine(&text, isFirst: index == 0, indent: indent * (depth + 1))
                Self.append(member.key, to: &text)
                text += ": ".utf8
                member.value.append(to: &text, indent: indent, depth: depth + 1)
            }
            Self.newLine(&text, isFirst: true, indent: indent * depth)
            text.append(UInt8(ascii: "}"))
        }
    }

    private static func newLine(_ text: inout [UInt8], isFirst: Bool, indent: Int) {
        if !isFirst { text.append(UInt8(ascii: ",")) }
        text.append(UInt8(ascii: "\n"))
        text += repeatElement(UInt8(ascii: " "), count: indent)
    }

    private func appendScalar(to text: inout [UInt8]) {
        switch self {
        case .boolean(let value): text += (value ? "true" : "false").utf8
        case .integer(let value): text += String(value).utf8
        case .string(let value): Self.append(value, to: &text)
        case .null, .array, .object: text += "null".utf8
        }
    }

    private static func append(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\"".utf8
            case "\\": text += "\\\\".utf8
            case "\n": text += "\\n".utf8
            case "\r": text += "\\r".utf8
            case "\t": text += "\\t".utf8
            // Ends a script element when what follows is unlucky.
            case "<": text += "\\u003c".utf8
            case " "..<"\u{7F}": text.append(UInt8(truncatingIfNeeded: scalar.value))
            default: for unit in UTF16.encode(scalar) ?? .init() { escape(unit, to: &text) }
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func escape(_ unit: UInt16, to text: inout [UInt8]) {
        text += "\\u".utf8
        for shift in [12, 8, 4, 0] { text.append(HexText.digit(UInt8(truncatingIfNeeded: unit >> shift) & 0xf)) }
    }
}
