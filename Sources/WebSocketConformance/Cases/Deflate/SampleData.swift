/// What applications send, made up: compressible in the ways that real data is.
enum SampleData: String, CaseIterable, Sendable {
    case json
    case html
    /// Sentences, with characters of two, three and four octets.
    case text
    /// Rows of pixels with large even areas.
    case bitmap
    /// Readable structure around compressed content, like a PDF.
    case document

    /// Whether it can be sent as a text message.
    var isText: Bool {
        switch self {
        case .json, .html, .text: true
        case .bitmap, .document: false
        }
    }

    var opcode: UInt8 { isText ? Frame.text : Frame.binary }

    /// The event that its echo is.
    func event(_ octets: [UInt8]) -> Event { isText ? .text(octets) : .binary(octets) }

    /// Exactly `count` octets, different for each state of `random`.
    func octets(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(count + 256)
        // One octet more, so that it shows whether the cut is inside a character.
        while octets.count <= count { append(to: &octets, &random) }
        guard isText else { return Array(octets.prefix(count)) }
        // Not inside a character.
        var end = count
        while end > 0, octets[end] & 0xc0 == 0x80 { end -= 1 }
        return Array(octets[..<end]) + [UInt8](repeating: UInt8(ascii: "."), count: count - end)
    }

    private static let words = [
        "the", "sea", "was", "calm", "and", "a", "letter", "came", "before", "noon", "nobody", "answered", "for",
        "hours",
        "Über", "naïve", "señor", "東京", "приве́т", "🚲", "window", "protocol", "frame", "message", "context",
    ]

    private func append(to octets: inout [UInt8], _ random: inout SeededRandom) {
        func word() -> String { Self.words.randomElement(using: &random) ?? "" }
        switch self {
        case .json:
            let id = Int.random(in: 1...999_999, using: &random)
            octets += Array(
                """
                {"id":\(id),"user":{"name":"\(word()) \(word())","active":\(id % 3 == 0)},"price":\(id % 9973).\(id % 89),\
                "tags":["\(word())","\(word())"]},

                """.utf8)
        case .html:
            octets += Array(
                """
                <tr class="row-\(Int.random(in: 0...3, using: &random))"><td><a href="/item/\(random.next() % 10_000)">\
                \(word()) \(word())</a></td><td>&euro; \(random.next() % 500)</td></tr>

                """.utf8)
        case .text:
            octets += Array("\(word()) \(word()), \(word()) \(word()) \(word()). ".utf8)
        case .bitmap:
            let color = random.octets(3)
            for _ in 0..<Int.random(in: 1...90, using: &random) { octets += color }
        case .document:
            let number = random.next() % 1000
            octets += Array("\(number) 0 obj\n<< /Length 90 /Filter /FlateDecode >>\nstream\n".utf8)
            octets += random.octets(90)
            octets += Array("\nendstream\nendobj\n".utf8)
        }
    }
}
