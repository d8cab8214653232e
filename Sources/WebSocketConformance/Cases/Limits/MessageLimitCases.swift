import BenchResults

/// Messages around the declared limit.
enum MessageLimitCases {
    static let all: [Case] = [header(), fragments()].flatMap { $0 } + atLimit() + overflows()

    /// L-001: a length over the limit is refused on the header.
    private static func header() -> [Case] {
        [("one-more", "one octet more than the limit", 0), ("twice", "twice the limit", 1)].map { name, title, factor in
            Case("L-001", name, "a frame header that declares \(title)", accepts: [LimitCases.failsWith1009]) { probe in
                let (opening, limit) = try LimitCases.limited(probe)
                let size = factor == 0 ? limit + 1 : limit * 2
                let frame = Frame.binary([]).with(length: .declared(UInt64(size)))
                return try await probe.run(.failure([frame], [1009], opening: opening))
            }
        }
    }

    /// L-002: the fragment that crosses the limit is refused.
    private static func fragments() -> [Case] {
        [("two", "two fragments", 2), ("many", "16 fragments", 16)].map { name, title, count in
            Case(
                "L-002", name, "\(title) that are together one octet more than the limit",
                accepts: [LimitCases.failsWith1009]
            ) { probe in
                let (opening, limit) = try LimitCases.limited(probe)
                let size = limit / count
                var frames = (0..<count).map { index in
                    Frame(
                        index == 0 ? Frame.binary : Frame.continuation, [UInt8](repeating: 0x2a, count: size),
                        isFinal: false)
                }
                let rest = limit + 1 - size * count
                frames.append(Frame.continuation([UInt8](repeating: 0x2a, count: rest)).offending)
                return try await probe.run(.failure(frames, [1009], opening: opening))
            }
        }
    }

    /// L-003: the limit itself is allowed.
    private static func atLimit() -> [Case] {
        let shapes: [(String, String, @Sendable (Int) -> [Int])] = [
            ("whole", "one frame of the limit", { [$0] }), ("one-less", "one frame of one octet less", { [$0 - 1] }),
            ("fragments", "two fragments that are together the limit", { [$0 / 2, $0 - $0 / 2] }),
        ]
        return shapes.map { name, title, sizes in
            Case("L-003", name, title, accepts: ["the echo, then a clean close"]) { probe in
                let (opening, limit) = try LimitCases.limited(probe)
                let parts = sizes(limit)
                let frames = parts.enumerated().map { index, size in
                    Frame(
                        index == 0 ? Frame.binary : Frame.continuation, [UInt8](repeating: 0x2a, count: size),
                        isFinal: index == parts.count - 1)
                }
                let whole = [UInt8](repeating: 0x2a, count: parts.reduce(0, +))
                return try await probe.run(.echo(frames, [.binary(whole)], opening: opening, patience: 3))
            }
        }
    }

    /// L-004: lengths whose sum wraps around.
    private static func overflows() -> [Case] {
        [("2-31", UInt64(1) << 31), ("2-32", 1 << 32), ("2-63", 1 << 63)].map { name, modulus in
            Case(
                "L-004", name, "fragments whose lengths add up to more than 2^\(name.dropFirst(2))",
                accepts: [LimitCases.failsWith1009, "Close with 1002 where the length has its top bit set"]
            ) { probe in
                let (opening, _) = try LimitCases.limited(probe)
                let first = Frame.binary([UInt8](repeating: 0x2a, count: 1000), isFinal: false)
                // 1,000 and this wrap to 16.
                let second = Frame.continuation([]).with(length: .declared64(modulus - 1000 + 16))
                return try await probe.run(.failure([first, second], [1009], opening: opening))
            }
        }
    }
}
