import BenchResults
import Glibc

/// L-026: what TCP does below must not show above.
enum TransportOddityCases {
    static let all: [Case] = [
        Case("L-026", "urgent", "an octet of urgent data inside a frame", tags: ["tcp"], accepts: [echo]) {
            (probe: Probe) in
            guard !probe.capabilities.has(.tls) else { throw ProbeError.skipped("urgent data would break TLS records") }
            let conversation = try await probe.open()
            let (octets, _) = conversation.encoded([.text("urgent")])
            await conversation.wire.send(Array(octets.prefix(4)))
            var octet: UInt8 = 0x21
            // Out of the stream for a receiver that does not ask for it in line, as few do (RFC 6093).
            guard Glibc.send(conversation.wire.descriptor, &octet, 1, Int32(MSG_OOB)) == 1 else {
                throw ProbeError.skipped("this machine sends no urgent data")
            }
            await conversation.wire.send(Array(octets.dropFirst(4)))
            return try await probe.run(Script([], accept: [.exchange([.text("urgent")])]), on: conversation)
        },
        Case("L-026", "tiny-window", "a receive window of a few kilobytes", tags: ["tcp"], accepts: [echo]) {
            (probe: Probe) in
            let conversation = try await probe.open()
            set(SO_RCVBUF, SOL_SOCKET, 2048, on: conversation.wire)
            let message = [UInt8](repeating: 0x2a, count: 300_000)
            return try await probe.run(
                Script([.send([.binary(message)])], accept: [.exchange([.binary(message)])], patience: 3),
                on: conversation)
        },
        Case("L-026", "nagle", "small writes that wait for acknowledgements", tags: ["tcp"], accepts: [echo]) {
            (probe: Probe) in
            let conversation = try await probe.open()
            set(TCP_NODELAY, Int32(IPPROTO_TCP), 0, on: conversation.wire)
            return try await probe.run(
                .echo([.text("one"), .text("two")], cut: .every(3), [.text("one"), .text("two")]), on: conversation)
        },
    ]

    private static let echo = "the echo, then a clean close"

    private static func set(_ option: Int32, _ level: Int32, _ value: Int32, on wire: Wire) {
        var value = value
        setsockopt(wire.descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
