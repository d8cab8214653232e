/// Section 6: UTF-8 in text messages.
enum AutobahnSection6 {
    static var all: [AutobahnCase] { fragments + failFast + singles }

    private static let greek = octets("cebae1bdb9cf83cebcceb5")
    private static let edited = Array("edited".utf8)
    private static let latin = Array("Hello-µ@ßöäüàá-UTF-8!!".utf8)

    // MARK: - 6.1 to 6.3

    private static var fragments: [AutobahnCase] {
        let middle = Array("middle frame payload".utf8)
        let broken = greek + octets("eda080") + edited
        return [
            valid("6.1.1", "an empty text", [Frame.text("")], "", limit: .close(seconds: 1)),
            valid("6.1.2", "three empty fragments", parts([[], [], []]), "", limit: .close(seconds: 1)),
            AutobahnCase(
                id: "6.1.3", title: "20 octets between two empty fragments", steps: [.send(parts([[], middle, []]))],
                strict: [.text(middle)], limit: .close(seconds: 1)),
            text("6.2.1", "Latin text in one frame", [Frame.text(latin)], latin),
            text(
                "6.2.2", "Latin text in two fragments", parts([Array(latin.prefix(15)), Array(latin.dropFirst(15))]),
                latin),
            text("6.2.3", "Latin text in fragments of one octet", octetFragments(latin), latin),
            text("6.2.4", "Greek text in fragments of one octet", octetFragments(greek), greek),
            .failure(
                "6.3.1", "a surrogate in one frame", [.send([Frame.text(broken).offending])], codes: [1007],
                severity: .missingCloseFails),
            .failure(
                "6.3.2", "a surrogate in fragments of one octet", [.send(octetFragments(broken))], codes: [1007],
                severity: .missingCloseFails),
        ]
    }

    private static func valid(
        _ id: String, _ title: String, _ frames: [Frame], _ text: String, limit: AutobahnCase.Limit
    ) -> AutobahnCase {
        AutobahnCase(id: id, title: title, steps: [.send(frames)], strict: [.text(text)], limit: limit)
    }

    private static func text(_ id: String, _ title: String, _ frames: [Frame], _ octets: [UInt8]) -> AutobahnCase {
        AutobahnCase(id: id, title: title, steps: [.send(frames)], strict: [.text(octets)], limit: .close(seconds: 1))
    }

    private static func parts(_ parts: [[UInt8]]) -> [Frame] {
        parts.enumerated().map { index, part in
            Frame(index == 0 ? Frame.text : Frame.continuation, part, isFinal: index == parts.count - 1)
        }
    }

    /// A fragment for each octet, and an empty one that ends the message, as Autobahn's library has it.
    private static func octetFragments(_ octets: [UInt8]) -> [Frame] { parts(octets.map { [$0] } + [[]]) }

    // MARK: - 6.4

    private static var failFast: [AutobahnCase] {
        let bad = octets("f4908080")
        let cuts: [[[UInt8]]] = [
            [greek, bad, edited], [greek + bad.prefix(1), [bad[1]], bad.dropFirst(2) + edited],
        ]
        return cuts.enumerated().flatMap { index, parts in
            [
                failFast("6.4.\(index + 1)", "bad octets in the second of three fragments", .frames(parts)),
                failFast("6.4.\(index + 3)", "bad octets in the second of three writes of a frame", .writes(parts)),
            ]
        }.sorted { $0.id < $1.id }
    }

    private static func failFast(_ id: String, _ title: String, _ stimulus: AutobahnFailFast.Stimulus) -> AutobahnCase {
        var one = AutobahnCase.failure(id, title, [], codes: [1007], severity: .missingCloseFails)
        one.failFast = AutobahnFailFast(stimulus: stimulus)
        return one
    }

    // MARK: - 6.5 to 6.23

    private static var singles: [AutobahnCase] {
        groups.flatMap { group in
            group.payloads.enumerated().map { index, payload in
                let id = "6.\(group.number).\(index + 1)"
                let title = "\(group.title): \(hexadecimal(payload.prefix(16)))"
                guard group.isValid(index) else {
                    return .failure(
                        id, title, [.send([Frame.text(payload).offending])], codes: [1007], kill: 0.5,
                        severity: .missingCloseFails)
                }
                return AutobahnCase(
                    id: id, title: title, steps: [.send([Frame.text(payload)])], strict: [.text(payload)],
                    limit: .kill(seconds: 0.5))
            }
        }
    }

    private struct Group {
        var number: Int
        var title: String
        var payloads: [[UInt8]]
        var isValid: (Int) -> Bool
    }

    private static var groups: [Group] {
        let hello = Array("hello".utf8)
        let world = Array("world".utf8)
        let embedded = ["24", "c2a2", "e282ac", "f0a4ada2"].map { hello + octets($0) + world }
        let cut = ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"]
        let surrogates = ["eda080", "edadbf", "edae80", "edafbf"]
        let all = { (_: Int) in true }
        let none = { (_: Int) in false }
        return [
            Group(number: 5, title: "valid text", payloads: embedded + [greek], isValid: all),
            Group(
                number: 6, title: "a prefix of valid text", payloads: (1...11).map { Array(greek.prefix($0)) },
                isValid: { [2, 5, 7, 9, 11].contains($0 + 1) }),
            Group(
                number: 7, title: "the first of its length", payloads: list(["00", "c280", "e0a080", "f0908080"]),
                isValid: all),
            Group(number: 8, title: "too long", payloads: list(["f888808080", "fc8480808080"]), isValid: none),
            Group(
                number: 9, title: "the last of its length", payloads: list(["7f", "dfbf", "efbfbf", "f48fbfbf"]),
                isValid: all),
            Group(
                number: 10, title: "too high", payloads: list(["f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"]), isValid: none
            ),
            Group(
                number: 11, title: "at a boundary",
                payloads: list(["ed9fbf", "ee8080", "efbfbd", "f48fbfbf", "f4908080"]),
                isValid: { $0 < 4 }),
            Group(
                number: 12, title: "lone continuations",
                payloads: list(["80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80", "80bf80bf80bf"])
                    + [Array(0x80...0xbe)], isValid: none),
            Group(
                number: 13, title: "lead octets before spaces",
                payloads: [0xc0...0xde, 0xe0...0xee, 0xf0...0xf6, 0xf8...0xfa, 0xfc...0xfc].map { range in
                    (range as ClosedRange<UInt8>).flatMap { [$0, 0x20] }
                }, isValid: none),
            Group(number: 14, title: "the last octet missing", payloads: list(cut), isValid: none),
            Group(number: 15, title: "ten cut characters", payloads: [list(cut).flatMap { $0 }], isValid: none),
            Group(number: 16, title: "impossible octets", payloads: list(["fe", "ff", "fefeffff"]), isValid: none),
            Group(
                number: 17, title: "overlong slash",
                payloads: list(["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"]), isValid: none),
            Group(
                number: 18, title: "the largest overlong",
                payloads: list(["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"]), isValid: none),
            Group(
                number: 19, title: "overlong NUL",
                payloads: list(["c080", "e08080", "f0808080", "f880808080", "fc8080808080"]), isValid: none),
            Group(
                number: 20, title: "a surrogate", payloads: list(surrogates + ["edb080", "edbe80", "edbfbf"]),
                isValid: none),
            Group(
                number: 21, title: "two surrogates",
                payloads: surrogates.flatMap { first in ["edb080", "edbfbf"].map { octets(first + $0) } }, isValid: none
            ),
            Group(
                number: 22, title: "no character",
                payloads: (0...16).flatMap { plane in [0xfffe, 0xffff].map { character(plane << 16 | $0) } },
                isValid: all),
            Group(
                number: 23, title: "a special character", payloads: (0xfff9...0xffff).map { character($0) },
                isValid: all),
        ]
    }

    private static func character(_ value: Int) -> [UInt8] {
        Unicode.Scalar(UInt32(value)).map { Array(String(Character($0)).utf8) } ?? []
    }

    private static func list(_ texts: [String]) -> [[UInt8]] { texts.map(octets) }

    private static func octets(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
