import BenchResults

/// Cases 6.4: text that goes bad in its second part, with a second between the parts.
struct AutobahnFailFast: Sendable {
    enum Stimulus: Sendable {
        /// Three fragments.
        case frames([[UInt8]])
        /// One fragment written in three pieces, then an empty one that ends the message.
        case writes([[UInt8]])
    }

    let stimulus: Stimulus

    /// Sends part by part until the peer ends the connection.
    ///
    /// - Returns: behind which part, from 1, it did; nil when it never did.
    func carryOut(
        on conversation: Conversation, pass: (Conversation) async -> Bool
    ) async -> Int? {
        for (index, piece) in pieces(conversation).enumerated() {
            await conversation.wire.send(piece)
            if await pass(conversation) { return index + 1 }
        }
        return nil
    }

    private func pieces(_ conversation: Conversation) -> [[UInt8]] {
        switch stimulus {
        case .frames(let parts):
            return parts.enumerated().map { index, part in
                conversation.encodedRaw(
                    Frame(index == 0 ? Frame.text : Frame.continuation, part, isFinal: index == parts.count - 1))
            }
        case .writes(let parts):
            let whole = conversation.encodedRaw(.text(parts.flatMap { $0 }, isFinal: false))
            let header = whole.count - parts.reduce(0) { $0 + $1.count }
            var pieces: [[UInt8]] = []
            var start = 0
            for (index, part) in parts.enumerated() {
                let end = start + part.count + (index == 0 ? header : 0)
                pieces.append(Array(whole[start..<end]))
                start = end
            }
            pieces[pieces.count - 1] += conversation.encodedRaw(.continuation(""))
            return pieces
        }
    }

    /// `OK` in the wait after the bad octet, `NON-STRICT` after the last part.
    static func grade(endedBehind part: Int?) -> BehaviorGrade {
        switch part {
        case 2: .pass
        case 3: .nonStrict
        default: .fail
        }
    }
}
