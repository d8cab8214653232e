import BenchResults

/// L-025: large messages in many shapes; that they come back in time, not how fast.
enum ThroughputCases {
    static let all: [Case] = whole() + fragmented() + chopped()

    private static func octets(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: 0x20 + ($0 &* 31) % 95) }
    }

    private static func name(_ size: Int) -> String {
        size >= 1 << 20 ? "\(size >> 20)mib" : size >= 1024 ? "\(size >> 10)kib" : "\(size)"
    }

    /// - Parameter send: what is sent of the message, and how it is cut.
    private static func one(
        _ variant: String, _ title: String, _ size: Int, isText: Bool,
        _ send: @escaping @Sendable ([UInt8]) -> (frames: [Frame], cut: Cut)
    ) -> Case {
        Case(
            "L-025", variant, title, phase: .exclusive,
            accepts: [
                "the echo, then a clean close", "recorded only: Close with 1009 where the message is over a limit",
            ]
        ) { probe in
            let message = octets(size)
            let (frames, cut) = send(message)
            let script = Script(
                [.send(frames, cut)],
                accept: [
                    .exchange([isText ? .text(message) : .binary(message)]),
                    .failure([1009], worth: .information),
                ], patience: 6)
            return try await probe.run(script)
        }
    }

    private static func whole() -> [Case] {
        [true, false].flatMap { isText in
            [64 << 10, 256 << 10, 1 << 20, 4 << 20, 8 << 20, 16 << 20].map { size in
                let kind = isText ? "text" : "binary"
                return one("\(kind)-\(name(size))", "\(kind) of \(name(size)) in one frame", size, isText: isText) {
                    ([isText ? .text($0) : .binary($0)], .whole)
                }
            }
        }
    }

    private static func fragmented() -> [Case] {
        [true, false].flatMap { isText in
            [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20].map { fragment in
                let kind = isText ? "text" : "binary"
                // The smallest fragments make more frames of a megabyte than others of four.
                let size = fragment < 1024 ? 1 << 20 : 4 << 20
                return one(
                    "\(kind)-fragments-\(name(fragment))", "\(kind) of \(name(size)) in fragments of \(name(fragment))",
                    size, isText: isText
                ) { ([Frame](fragmenting: $0, isText: isText, size: fragment), .whole) }
            }
        }
    }

    private static func chopped() -> [Case] {
        [true, false].flatMap { isText in
            [64, 128, 256, 512, 1024, 2048].map { chop in
                let kind = isText ? "text" : "binary"
                return one(
                    "\(kind)-chops-\(name(chop))", "\(kind) of 256kib in writes of \(chop) octets", 256 << 10,
                    isText: isText
                ) { ([isText ? .text($0) : .binary($0)], .every(chop)) }
            }
        }
    }
}
