/// Text found invalid before its message is complete (RFC 6455 §8.1 does not say when; the earlier, the better).
extension UTF8Cases {
    static func early() -> [Case] {
        let bad = Array("κόσμε".utf8) + [0xf4, 0x90, 0x80, 0x80]
        let surrogate: [UInt8] = [0x62, 0xed, 0xa0]
        let whole = bad + Array("edited".utf8)
        return [
            fragment("first-fragment", [Frame.text(bad, isFinal: false).offending]),
            fragment(
                "middle-fragment",
                [.text("be", isFinal: false), Frame.continuation(surrogate, isFinal: false).offending]),
            midFrame("tail-missing", whole, sent: bad.count),
            midFrame("large-frame", bad + [UInt8](repeating: UInt8(ascii: "a"), count: 65536), sent: bad.count + 256),
            midFrame("octet-by-octet", whole, sent: bad.count, cut: .everyOctet),
        ]
    }

    private static let accepts = [
        "Close with 1007 and the end of TCP, before the message is complete",
        "non-strict: the same, once the message is complete",
    ]

    /// A bad fragment that is not the last: a peer that answers a ping behind it waits for more.
    private static func fragment(_ variant: String, _ frames: [Frame]) -> Case {
        Case("U-018", variant, "a bad octet in a fragment that is not the last", accepts: accepts) { probe in
            let conversation = try await probe.open()
            await conversation.send(frames + [.ping("still there?")])
            return try await probe.judgeEarly([1007], on: conversation) {
                conversation.encoded([.continuation("end")]).octets
            }
        }
    }

    /// A bad octet in a frame of which the rest does not come.
    private static func midFrame(_ variant: String, _ payload: [UInt8], sent count: Int, cut: Cut = .whole) -> Case {
        Case("U-019", variant, "a bad octet in a frame that is not complete", accepts: accepts) { probe in
            let conversation = try await probe.open()
            let (octets, notes) = conversation.encoded([Frame.text(payload).offending])
            let end = octets.count - payload.count + count
            await conversation.wire.send(Array(octets[..<end]), cut: cut, notes: notes)
            return try await probe.judgeEarly([1007], on: conversation) { Array(octets[end...]) }
        }
    }
}
