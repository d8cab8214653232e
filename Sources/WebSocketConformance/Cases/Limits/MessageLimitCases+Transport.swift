import BenchResults
import Glibc

/// Frames that never become whole, and what TCP may do to them.
extension MessageLimitCases {
    static func partialFrames() -> [Case] {
        [
            Case(
                "L-023", "fragment-and-close", "a Close where the rest of a message is due",
                script: Script(
                    [.send([.text("half", isFinal: false), .close(1000)])],
                    accept: [.reply([1000], lenient: [nil, 1002])])),
            Case(
                "L-023", "frame-and-fin", "FIN where the rest of a frame is due",
                accepts: ["no message, the end of TCP"],
                {
                    try await ClosingCases.endWithoutClose(
                        $0,
                        before: [
                            .text("whole", isFinal: false),
                            Frame.continuation("half of it").with(prefix: 9, isOffending: false),
                        ])
                }),
            Case(
                "L-023", "not-delivered", "the client's application gets nothing of half a frame", roles: [.client],
                needs: [.adapter], accepts: ["no message, and the report that the connection is closed"]
            ) { probe in
                let (id, conversation) = try await probe.openWithClient(ClientDial(reportsMessages: true))
                await conversation.send(Frame.text("half of it").with(prefix: 7, isOffending: false))
                conversation.wire.finish()
                while let event = try await probe.client.event(of: id, until: probe.deadline()) {
                    switch event {
                    case .message: return probe.conclude(conversation, .fail("a message was delivered"))
                    case .closed: return probe.conclude(conversation, .pass())
                    case .open, .refused: continue
                    }
                }
                return probe.conclude(
                    conversation, .timeout("the client does not report that the connection is closed"))
            },
        ]
    }

    static func transport() -> [Case] {
        let octets = [UInt8](repeating: 0x77, count: 256 * 1024)
        let accepts = ["every message comes back, then a clean close that the suite begins with 1000"]
        return [
            Case("L-026", "urgent", "urgent data between two frames", accepts: accepts) { probe in
                let conversation = try await probe.open()
                guard !probe.capabilities.has(.tls) else { return .skipped("TLS has no urgent data") }
                await conversation.send(.text("before"))
                guard await probe.awaitEvent(on: conversation, until: probe.deadline()) == .text("before") else {
                    return probe.conclude(conversation, .timeout("no echo before the urgent data"))
                }
                // The octet is outside of the stream, unless its receiver asks for it (RFC 6093).
                var octet: UInt8 = 0x21
                probe.recorder.remark("one octet of urgent data, 21")
                _ = Glibc.send(conversation.wire.descriptor, &octet, 1, Int32(MSG_OOB) | Int32(MSG_NOSIGNAL))
                return try await probe.run(
                    .echo([.text("after")], [.text("before"), .text("after")]), on: conversation)
            },
            Case("L-026", "small-window", "an echo through a window of a few KiB", accepts: accepts) { probe in
                let conversation = try await probe.open()
                conversation.wire.setOption(SOL_SOCKET, SO_RCVBUF, 4096)
                return try await probe.run(
                    .echo([.binary(octets)], [.binary(octets)], patience: 2), on: conversation)
            },
            Case("L-026", "nagle", "small frames with Nagle's algorithm", accepts: accepts) { probe in
                let conversation = try await probe.open()
                conversation.wire.setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 0)
                let texts = (0..<20).map { "message \($0)" }
                return try await probe.run(
                    .echo(texts.map { .text($0) }, cut: .everyFrame, texts.map { .text($0) }), on: conversation)
            },
        ]
    }
}

extension Wire {
    /// Sets an option that only a test wants; what the kernel says to it does not matter.
    fileprivate func setOption(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
