/// Sections 7, 9 and 10: closing, limits and performance, automatic fragmentation.
enum AutobahnSections7to10 {
    static var all: [Case] { closing.map(\.asCase) + limits + [automaticFragmentation.asCase] }

    // MARK: - 7

    private static var closing: [AutobahnCase] {
        let hello = Frame.text("Hello World!")
        let reason = [UInt8](repeating: UInt8(ascii: "*"), count: 124)
        // The octets of 6.3.1: a surrogate.
        let broken = AutobahnSections7to10.brokenReason
        var echo = AutobahnCase(
            id: "7.1.1", title: "text, then close", steps: [.send([hello])], strict: [.text("Hello World!")],
            limit: .kill(seconds: 1))
        echo.severity = .wrongCodeFails
        var cases = [
            echo,
            close("7.1.2", "two closes", [.close(.close(1000)), .octets { $0.encodedRaw(.close()) }]),
            close("7.1.3", "close, then ping", [.close(.close(1000)), .octets { $0.encodedRaw(.ping()) }]),
            close("7.1.4", "close, then text", [.close(.close(1000)), .octets { $0.encodedRaw(hello) }]),
            close(
                "7.1.5", "text without FIN, close, continuation",
                [
                    .send([.text("fragment1", isFinal: false)]), .close(.close(1000)),
                    .octets { $0.encodedRaw(.continuation("fragment2")) },
                ]),
            information(
                "7.1.6", "256 KiB of text, text, close, ping",
                [
                    .send([.text([UInt8](repeating: UInt8(ascii: "*"), count: 256 * 1024)), hello]),
                    .close(.close(1000)), .octets { $0.encodedRaw(.ping()) },
                ]),
            close("7.3.1", "an empty close", [.close(.close())]),
            close(
                "7.3.2", "a close of one octet", [.close(Frame(Frame.close, [0x61]).offending)], [1002], clean: false),
            close("7.3.3", "a close with 1000", [.close(.close(1000))]),
            close("7.3.4", "a close with a reason", [.close(.close(1000, "Hello World!"))]),
            close(
                "7.3.5", "a close with a reason of 123 octets", [.close(.close(1000, Array(reason.prefix(123))))]),
            close(
                "7.3.6", "a close with a reason of 124 octets", [.close(Frame.close(1000, reason).offending)], [1002],
                clean: false),
            close(
                "7.5.1", "a close with a reason that is not UTF-8", [.close(Frame.close(1000, broken).offending)],
                [1002, 1007], clean: false),
        ]
        let valid: [UInt16] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
        for (index, code) in valid.enumerated() {
            cases.append(close("7.7.\(index + 1)", "a close with \(code)", [.close(.close(code))], [code, 1000]))
        }
        let invalid: [UInt16] = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]
        for (index, code) in invalid.enumerated() {
            cases.append(
                close(
                    "7.9.\(index + 1)", "a close with \(code)", [.close(Frame.close(code).offending)], [1002],
                    clean: false))
        }
        for (index, code) in [UInt16(5000), 65535].enumerated() {
            cases.append(information("7.13.\(index + 1)", "a close with \(code)", [.close(.close(code))]))
        }
        return cases
    }

    private static let brokenReason: [UInt8] =
        [0xce, 0xba, 0xe1, 0xbd, 0xb9, 0xcf, 0x83, 0xce, 0xbc, 0xce, 0xb5, 0xed, 0xa0, 0x80] + Array("edited".utf8)

    private static func close(
        _ id: String, _ title: String, _ steps: [AutobahnCase.Step], _ codes: [UInt16] = [1000], clean: Bool = true
    ) -> AutobahnCase {
        AutobahnCase(
            id: id, title: title, steps: steps, strict: [], codes: codes, requiresClean: clean,
            limit: .kill(seconds: 1), severity: .wrongCodeFails)
    }

    private static func information(_ id: String, _ title: String, _ steps: [AutobahnCase.Step]) -> AutobahnCase {
        var one = close(id, title, steps)
        one.isInformational = true
        return one
    }

    // MARK: - 9

    private static let pattern: [UInt8] = [0x00, 0xfe, 0x23, 0xfa, 0xf0]
    private static let mebi = 1 << 20

    private static var limits: [Case] { wholeMessages + fragmentedMessages + choppedMessages + roundTrips }

    private static var wholeMessages: [Case] {
        [true, false].flatMap { isText in
            [64 << 10, 256 << 10, 1 << 20, 4 << 20, 8 << 20, 16 << 20].enumerated().map { index, size in
                let patience: Double = index < (isText ? 2 : 4) ? 10 : 100
                return whole("9.\(isText ? 1 : 2).\(index + 1)", "\(size) octets in one frame", isText, patience) {
                    let octets = payload(isText: isText, size: size)
                    return (.send([isText ? .text(octets) : .binary(octets)]), octets)
                }
            }
        }
    }

    private static var fragmentedMessages: [Case] {
        [true, false].flatMap { isText in
            [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20].enumerated().map {
                index, size in
                whole("9.\(isText ? 3 : 4).\(index + 1)", "4 MiB in fragments of \(size) octets", isText, 100) {
                    let octets =
                        isText
                        ? payload(isText: true, size: 4 * mebi)
                        : [UInt8](repeating: index == 0 ? 0xfe : 0x2a, count: 4 * mebi)
                    return (.send([Frame](fragmenting: octets, isText: isText, size: size)), octets)
                }
            }
        }
    }

    private static var choppedMessages: [Case] {
        [true, false].flatMap { isText in
            [64, 128, 256, 512, 1024, 2048].enumerated().map { index, size in
                whole("9.\(isText ? 5 : 6).\(index + 1)", "1 MiB in chops of \(size) octets", isText, 1000) {
                    let octets = payload(isText: isText, size: mebi)
                    return (.sendChopped([isText ? .text(octets) : .binary(octets)], size), octets)
                }
            }
        }
    }

    private static var roundTrips: [Case] {
        [true, false].flatMap { isText in
            [0, 16, 64, 256, 1024, 4096].enumerated().map { index, size in
                roundTrips("9.\(isText ? 7 : 8).\(index + 1)", size, isText, [60, 60, 60, 120, 240, 480][index])
            }
        }
    }

    private static func payload(isText: Bool, size: Int) -> [UInt8] {
        let unit = isText ? Array("BAsd7&jh23".utf8) : pattern
        var octets: [UInt8] = []
        octets.reserveCapacity(size + unit.count)
        while octets.count < size { octets += unit }
        return Array(octets.prefix(size))
    }

    private static func whole(
        _ id: String, _ title: String, _ isText: Bool, _ seconds: Double,
        _ make: @escaping @Sendable () -> (step: AutobahnCase.Step, octets: [UInt8])
    ) -> Case {
        let title = "\(isText ? "text" : "binary"), \(title)"
        return AutobahnCase.large(id, title, phase: .exclusive, accepts: "one message of the same type and length") {
            let (step, octets) = make()
            var one = AutobahnCase(
                id: id, title: title, steps: [step], strict: [isText ? .text(octets) : .binary(octets)],
                limit: .close(seconds: seconds))
            one.comparesLengthOnly = true
            return one
        }
    }

    private static func roundTrips(_ id: String, _ size: Int, _ isText: Bool, _ seconds: Double) -> Case {
        let title = "1,000 times \(isText ? "text" : "binary") of \(size) octets, one after the other"
        return AutobahnCase.large(id, title, phase: .parallel, accepts: "1,000 messages of the same type and length") {
            let octets = isText ? payload(isText: true, size: size) : [UInt8](repeating: 0xfe, count: size)
            let frame = isText ? Frame.text(octets) : Frame.binary(octets)
            var one = AutobahnCase(
                id: id, title: title, steps: (1...1000).flatMap { [.send([frame]), .awaitEvents($0)] },
                strict: [Event](repeating: isText ? .text(octets) : .binary(octets), count: 1000),
                limit: .close(seconds: seconds))
            one.comparesLengthOnly = true
            return one
        }
    }

    // MARK: - 10

    private static var automaticFragmentation: AutobahnCase {
        let octets = [UInt8](repeating: UInt8(ascii: "*"), count: 65536)
        return AutobahnCase(
            id: "10.1.1", title: "text of 64 KiB in fragments of 1,300 octets",
            steps: [.send([Frame](fragmenting: octets, isText: true, size: 1300))], strict: [.text(octets)],
            limit: .kill(seconds: 10))
    }
}

extension [Frame] {
    /// A message in fragments of `size` octets, as Autobahn's library cuts it: a message of whole fragments ends with an
    /// empty one, and one that fits a fragment is not cut.
    init(fragmenting octets: [UInt8], isText: Bool, size: Int, reservedBits: UInt8 = 0) {
        let opcode = isText ? Frame.text : Frame.binary
        guard octets.count > size else {
            var frame = Frame(opcode, octets)
            frame.reservedBits = reservedBits
            self = [frame]
            return
        }
        var frames: [Frame] = []
        for start in stride(from: 0, to: octets.count, by: size) {
            let end = Swift.min(start + size, octets.count)
            frames.append(
                Frame(
                    start == 0 ? opcode : Frame.continuation, Array<UInt8>(octets[start..<end]),
                    isFinal: end == octets.count && end - start < size))
        }
        if octets.count.isMultiple(of: size) { frames.append(Frame(Frame.continuation, [])) }
        frames[0].reservedBits = reservedBits
        self = frames
    }
}
