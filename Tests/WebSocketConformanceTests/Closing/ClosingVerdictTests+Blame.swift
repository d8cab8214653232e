import BenchResults

@testable import WebSocketConformance

/// Who is accused of what: a row is not broken by a peer that another row finds.
extension ClosingVerdictTests {
    static let blames: [Peer] = [
        Peer("C-044#opcode-ping", "a violation passed over", .skipped) { $0.passOverViolations() },
        Peer("C-044#opcode-close", "a violation passed over", .skipped) { $0.passOverViolations() },
        Peer("C-044#opcode-close", "two Closes", .fail, frames: 2, close(1002) + close(1000)),
        Peer("C-044#utf8-data", "a violation echoed", .skipped) { $0.passOverViolations() },
        Peer("C-040#protocol", "a violation passed over", .skipped) { $0.passOverViolations() },
        Peer("C-040#protocol", "another code", .wrongCode, frames: 1, close(1011)),
        Peer("C-022#violation-then-close", "a violation passed over", .skipped) { $0.passOverViolations() },
        Peer("C-022#violation-then-close", "one Close", .pass, frames: 2, close(1002)),
        Peer("C-022#violation-then-close", "two Closes", .fail, frames: 2, close(1002) + close(1000)),
        Peer("C-023#ping", "a pong before the Close", .pass, frames: 2, [0x8a, 4] + late + close(1002)),
        Peer("C-023#data", "an echo before the Close", .pass, frames: 3, [0x81, 4] + late + close(1002)),
        Peer("C-023#data", "an echo behind the Close", .fail, frames: 3, close(1002) + [0x81, 4] + late),
        Peer("C-023#inside-message", "an echo behind the Close", .fail, frames: 3, close(1002) + [0x81, 4] + late),
        Peer("F-012#text-rsv4", "an echo behind the right Close", .pass, frames: 1, close(1002) + [0x81, 4] + late),
        Peer("F-012#text-rsv4", "an echo before the right Close", .fail, frames: 1, [0x81, 4] + late + close(1002)),
        Peer("C-025#half-code", "the answer of one who does not notice", .pass, frames: 1, close(1000)),
        Peer("C-025#half-code", "half a code", .fail, frames: 1, [0x88, 1, 3]),
        Peer("F-007#text-125", "a message taken with its length", .nonStrict) { connection in
            connection.skipFrame()
            connection.send([0x81, 125] + FramingCases.letters(125))
            connection.skipFrame()
            connection.send(close(1000))
        },
        Peer("F-007#text-125", "a message taken without its length", .fail) { connection in
            connection.skipFrame()
            connection.send([0x81, 0])
            connection.skipFrame()
            connection.send(close(1000))
        },
        Peer("F-009#close", "a Close taken as one", .nonStrict, frames: 1, close(1000)),
        Peer("F-038#whole", "the pong behind the message", .fail) { connection in
            for _ in 0..<3 { connection.skipFrame() }
            connection.send([0x81, 5] + Array("Hello".utf8) + [0x8a, 7] + Array("between".utf8))
            connection.skipFrame()
            connection.send(close(1000))
        },
        Peer("P-016", "pongs in front of messages", .pass) { connection in
            for _ in 0..<2 { connection.skipFrame() }
            connection.send([0x8a, 6] + Array("ping 1".utf8) + [0x81, 3] + Array("one".utf8))
            connection.skipFrame()
            connection.send([0x8a, 6] + Array("ping 2".utf8))
            for _ in 0..<2 { connection.skipFrame() }
            connection.send([0x8a, 6] + Array("ping 3".utf8))
            for _ in 0..<2 { connection.skipFrame() }
            connection.send([0x81, 3] + Array("two".utf8))
            connection.skipFrame()
            connection.send(close(1000))
        },
        Peer("L-008", "64 MiB taken, and no more", .pass) { connection in
            for _ in 0..<1024 { _ = connection.read(64 << 10) }
            connection.waitUnread()
        },
        Peer("L-008", "a reset while it is sent to", .pass) { connection in
            for _ in 0..<64 { _ = connection.read(64 << 10) }
            connection.reset()
        },
        Peer("L-008", "everything taken", .fail) { $0.waitForEnd() },
        Peer("L-005", "each fragment repeated as it comes", .pass) { $0.echo() },
        Peer("U-006#1-of-2-octets", "an echo of what is no text", .fail) { connection in
            connection.skipFrame()
            connection.send([0x81, 3, 0x62, 0x65, 0xc3])
        },
    ]

    private static let late = Array("late".utf8)
}

extension ScriptedConnection {
    /// Echoes messages and answers pings and a Close as if nothing were ever wrong; what it does not know it leaves out.
    fileprivate func passOverViolations() {
        while let header = read(6) {
            let opcode = header[0] & 0x0f
            guard let masked = read(Int(header[1] & 0x7f)) else { return }
            let payload = masked.enumerated().map { $0.element ^ header[2 + $0.offset % 4] }
            switch opcode {
            case 1, 2: send([0x80 | opcode, UInt8(payload.count)] + payload)
            case 9: send([0x8a, UInt8(payload.count)] + payload)
            case 8:
                send([0x88, UInt8(payload.count)] + payload)
                return
            default: continue
            }
        }
    }
}
