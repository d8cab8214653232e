/// Text that has to come back as it is.
extension UTF8Cases {
    static func sequences() -> [Case] {
        let scalars: [UInt32] = [
            0x01, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0xcfff, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x3ffff, 0x40000, 0xfffff,
            0x100000, 0x10ffff,
        ]
        let texts: [(name: String, text: String)] = [
            ("empty", ""), ("greek", "κόσμε"), ("mixed", "Hello-µ@ßöäüàá-UTF-8!!"), ("han", "日本語テキスト"),
            ("emoji", "👩‍👩‍👧‍👦🇩🇪"),
        ]
        return scalars.map { scalar in
            let number = String(scalar, radix: 16)
            return Case("U-001", "u-\(number)", "U+\(number)", script: echo(encoded(scalar)))
        } + texts.map { name, text in Case("U-001", name, "text: \(name)", script: echo(Array(text.utf8))) }
    }

    static func specials() -> [Case] {
        // U+FDD0 to U+FDEF by their ends; the last two of each plane; the block Specials.
        let scalars: [UInt32] =
            (0...16).flatMap { plane in [0xfffe, 0xffff].map { plane << 16 | $0 } }
            + [0xfdd0, 0xfdef, 0xfff9, 0xfffa, 0xfffb, 0xfffc, 0xfffd]
        let controls: [(name: String, octets: [UInt8])] = [
            ("nul", [0]), ("nul-inside", Array("a\0b".utf8)), ("controls", Array(0x01...0x1f)),
            ("delete-and-c1", [0x7f, 0xc2, 0x80, 0xc2, 0x9f]), ("newlines", Array("a\r\nb\nc\rd\u{85}e\u{2028}f".utf8)),
        ]
        return scalars.map { scalar in
            let number = String(scalar, radix: 16)
            return Case("U-014", "u-\(number)", "U+\(number), a character or not", script: echo(encoded(scalar)))
        } + controls.map { name, octets in Case("U-015", name, "text with \(name)", script: echo(octets)) }
    }

    static func exactness() -> [Case] {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let composed: [(name: String, text: String)] = [
            ("composed", "\u{e9}\u{1e9b}\u{323}\u{ac00}"),
            ("decomposed", "e\u{301}\u{17f}\u{323}\u{307}\u{1100}\u{1161}"),
            ("compatibility", "\u{212b}\u{fb01}\u{2126}\u{f900}"),
        ]
        return [
            Case("U-016", "text", "text behind a byte order mark", script: echo(mark + Array("text".utf8))),
            Case("U-016", "alone", "a byte order mark alone", script: echo(mark)),
            Case("U-016", "twice", "two byte order marks", script: echo(mark + mark)),
            Case(
                "U-016", "fragments", "a byte order mark in fragments",
                script: .echo(
                    [.text([0xef], isFinal: false), .continuation([0xbb, 0xbf, 0x61])], [.text(mark + [0x61])])),
            Case(
                "U-016", "reason", "a close reason behind a byte order mark",
                script: ClosingCases.accepted([.close(1000, mark + Array("bye".utf8))])),
        ] + composed.map { name, text in Case("U-017", name, "text that is \(name)", script: echo(Array(text.utf8))) }
    }

    static func boundaries() -> [Case] {
        let octets = Array("Hello-µ@ßöäüàá-UTF-8!!".utf8)
        let ways: [(name: String, title: String, pieces: [[UInt8]])] = [
            (
                "between-characters", "fragments that end between characters",
                [Array(octets[..<8]), Array(octets[8...])]
            ),
            ("inside-character", "fragments that end inside a character", [Array(octets[..<7]), Array(octets[7...])]),
            ("every-octet", "a fragment for each octet", octets.map { [$0] }),
            (
                "two-octets", "fragments of two octets",
                stride(from: 0, to: octets.count, by: 2).map {
                    Array(octets[$0..<min($0 + 2, octets.count)])
                }
            ),
        ]
        return ways.map { name, title, pieces in
            Case("U-002", name, title, script: .echo(fragments(pieces), [.text(octets)]))
        } + splits()
    }

    /// A text message of these fragments.
    static func fragments(_ pieces: [[UInt8]]) -> [Frame] {
        pieces.enumerated().map { index, piece in
            Frame(index == 0 ? Frame.text : Frame.continuation, piece, isFinal: index == pieces.count - 1)
        }
    }

    private static let characters: [[UInt8]] = ["é", "€", "𝄞"].map { Array($0.utf8) }

    private static func splits() -> [Case] {
        characters.flatMap { character -> [Case] in
            let ones = (1..<character.count).map { [$0] }
            let twos = (1..<character.count).flatMap { first in
                (first + 1..<max(first + 1, character.count)).map { [first, $0] }
            }
            return (ones + twos).map { places in
                let bounds = [0] + places + [character.count]
                let pieces = zip(bounds, bounds.dropFirst()).map { Array(character[$0..<$1]) }
                let name = places.map { "\($0)" }.joined(separator: "-")
                return Case(
                    "U-003", "\(character.count)-octets-at-\(name)",
                    "a character of \(character.count) octets, cut behind octet \(name) into \(pieces.count) fragments",
                    script: .echo(fragments(pieces), [.text(character)]))
            }
        }
    }

    static func betweenHalves() -> [Case] {
        characters.flatMap { character -> [Case] in
            let first = Frame.text([character[0]], isFinal: false)
            let last = Frame.continuation(Array(character[1...]))
            let count = character.count
            return [
                Case(
                    "U-004", "\(count)-octets", "an empty fragment inside a character of \(count) octets",
                    script: .echo([first, .continuation([], isFinal: false), last], [.text(character)])),
                Case(
                    "U-005", "ping-in-\(count)-octets", "a ping inside a character of \(count) octets",
                    script: Script(
                        [.send([first, .ping([0x80, 0xff]), last])],
                        accept: [.exchange([.pong([0x80, 0xff]), .text(character)], matching: .pongsApart)])),
                Case(
                    "U-005", "pong-in-\(count)-octets", "a pong inside a character of \(count) octets",
                    script: .echo([first, .pong([0xc3]), last], [.text(character)])),
            ]
        }
    }

    static func notText() -> [Case] {
        let octets: [UInt8] = [0xff, 0xfe, 0x80, 0xc0, 0xed, 0xa0, 0x80, 0xf8, 0x88, 0x80, 0x80, 0x80]
        return [
            Case("U-020", "whole", "binary that is not UTF-8", script: .echo([.binary(octets)], [.binary(octets)])),
            Case(
                "U-020", "fragments", "binary that is not UTF-8, in fragments",
                script: .echo(
                    [.binary(Array(octets[..<5]), isFinal: false), .continuation(Array(octets[5...]))],
                    [.binary(octets)])),
            Case("U-025", "ping", "a ping that is not UTF-8", script: .echo([.ping(octets)], [.pong(octets)])),
            Case(
                "U-025", "pong", "a pong that is not UTF-8",
                script: .echo([.pong(octets), .text("alive")], [.text("alive")])),
        ]
    }

    /// Characters across the widths of vector registers, pages and buffers.
    static func straddling() -> [Case] {
        [16, 32, 64, 4096, 8192, 16384, 65536].flatMap { place in
            characters.flatMap { character in
                (1..<character.count).map { before in
                    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: place - before)
                    return Case(
                        "U-022", "\(character.count)-octets-\(before)-before-\(place)",
                        "a character of \(character.count) octets, \(before) of them before offset \(place)",
                        script: echo(letters + character + Array("tail".utf8)))
                }
            }
        }
    }

    static func mixedWidths() -> [Case] {
        [
            Case(
                "U-024", nil, "1 MiB of characters of all widths in fragments of any length", isRandom: true,
                accepts: ["the same text, then a clean close that the suite begins with 1000"]
            ) { probe in
                // An octet less than the limit that many servers have unless told otherwise.
                let text = text(octets: 1 << 20 - 1, &probe.random)
                var pieces: [[UInt8]] = []
                var rest = text[...]
                while !rest.isEmpty {
                    let count = Int.random(in: 0...min(rest.count, 16384), using: &probe.random)
                    pieces.append(Array(rest.prefix(count)))
                    rest = rest.dropFirst(count)
                }
                return try await probe.run(.echo(fragments(pieces), [.text(text)], patience: 2))
            }
        ]
    }

    /// Random characters of one to four octets, exactly so many octets.
    static func text(octets count: Int, _ random: inout SeededRandom) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(count + 4)
        while text.count < count {
            let range: ClosedRange<UInt32> =
                switch random.next() & 3 {
                case 0: 0x20...0x7e
                case 1: 0x80...0x7ff
                case 2: 0x800...0xd7ff
                default: 0x10000...0x10ffff
                }
            let character = encoded(UInt32.random(in: range, using: &random))
            if text.count + character.count <= count { text += character } else { text.append(UInt8(ascii: ".")) }
        }
        return text
    }
}
