/// Base framing and fragmentation (RFC 6455 §5.2, §5.4).
enum FramingCases {
    static let all: [Case] =
        FrameLengthCases.all + ReservedCases.all + MessageCases.all + FragmentCases.all + FragmentOrderCases.all

    /// A case of frames of which at least one is a protocol error, so that the peer has to fail the connection with 1002.
    ///
    /// - Parameter before: what the frames before the error may have been answered with.
    static func violation(
        _ row: String, _ variant: String, _ title: String, _ frames: [Frame], cut: Cut = .whole,
        after before: [Event] = []
    ) -> Case {
        Case(row, variant, title, script: .failure(frames, cut: cut, [1002], after: before))
    }

    /// `count` octets that a misplaced copy, mask or count shows in: neighbours differ, and so do octets 4, 8 and 256 apart.
    static func pattern(_ count: Int, from first: Int = 0) -> [UInt8] {
        (0..<count).map { index in
            let position = index &+ first
            return UInt8(truncatingIfNeeded: position &* 167 &+ (position >> 8) &* 59 &+ 13)
        }
    }

    /// `count` octets of text, each a letter.
    static func letters(_ count: Int, from first: Int = 0) -> [UInt8] {
        (0..<count).map { index in
            let position = index &+ first
            return UInt8(ascii: "a") &+ UInt8((position &* 7 &+ position / 26) % 26)
        }
    }
}
