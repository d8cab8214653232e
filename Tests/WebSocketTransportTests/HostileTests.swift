import Glibc
import Reactor
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

/// Peers that are up to no good: refused, forgotten, and nobody else notices.
@Suite(.timeLimit(.minutes(10))) struct HostileTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let octets: @Sendable () -> [UInt8]
        let status: String

        init(_ description: String, status: String, _ octets: @escaping @Sendable () -> [UInt8]) {
            testDescription = description
            self.octets = octets
            self.status = status
        }
    }

    static let rows = [
        Row("random octets", status: "4") {
            var random = SeededRandom(seed: 7)
            return (0..<70_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        },
        Row("a request line of 64 KiB", status: "414") {
            Array(("GET /" + String(repeating: "a", count: 65_536)).utf8)
        },
        Row("a header line of 64 KiB", status: "431") {
            Array(("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 65_536)).utf8)
        },
        Row("100,000 header lines", status: "431") {
            Array(("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 100_000)).utf8)
        },
        Row("a TLS ClientHello", status: "400") {
            let start: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]
            return start + [UInt8](repeating: 0x0A, count: 500)
        },
        Row("the preface of HTTP/2", status: "") { Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) },
        Row("frames without a handshake", status: "4") {
            [WireFrame](repeating: .text("Hello"), count: 10_000).octets(to: .server)
        },
    ]

    @Test(arguments: rows)
    func `what is no request is refused in words, and others are served`(_ row: Row) async throws {
        try await withServer { server in
            let port = server.address.port
            for _ in 0..<3 {
                let answer = try await script {
                    let peer = try RawPeer(port: port)
                    try peer.send(row.octets())
                    return String(decoding: try peer.readToTheEnd(), as: UTF8.self)
                }
                #expect(answer.hasPrefix("HTTP/1.1 \(row.status)"), "\(answer.prefix(100))")
            }
            try await server.provesToServe()
            try await eventually("all connections to be gone") { server.connectionCount == 0 }
        }
    }

    /// Whatever the order in which frames come, the server answers, fails the connection or waits; it never breaks.
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `random frames do no harm`(_ seed: UInt64) async throws {
        try await withServer { server in
            let port = server.address.port
            try await script {
                var random = SeededRandom(seed: seed)
                let peer = try RawPeer.open(port: port)
                for _ in 0..<50 {
                    let opcodes: [UInt8] = [0, 1, 2, 2, 2, 8, 9, 10, 11]
                    let opcode = opcodes.randomElement(using: &random) ?? 2
                    let payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    let frame = WireFrame(opcode: opcode, payload: payload, isFinal: Bool.random(using: &random))
                    // The server may have left already.
                    _ = peer.sendWhatIsTaken(frame.octets(to: .server))
                }
                peer.finishSending()
                _ = try peer.readToTheEnd()
            }
            try await eventually("the connection of seed \(seed) to be gone") { server.connectionCount == 0 }
            try await server.provesToServe()
        }
    }

    // MARK: - Memory

    // Each in a process of its own, whose memory no other test changes.

    @Test(.disabled(if: Sanitizer.countsMemory, "a sanitizer's own memory counts"))
    func `lengths that are declared cost nothing until octets come`() async {
        await #expect(processExitsWith: .success) {
            try await withServer { server in
                let port = server.address.port
                try await server.provesToServe()
                let before = residentOctets()
                let peers = try await script {
                    for _ in 0..<500 {
                        let peer = try RawPeer.open(port: port)
                        try peer.send(WireFrame.binary([]).declaring(1 << 62))
                        try peer.expectClose(1009)
                    }
                    return try (0..<500).map { _ in
                        let peer = try RawPeer.open(port: port)
                        try peer.send(WireFrame.binary([1]).declaring(16 << 20))
                        try peer.send(WireFrame.binary([]).octets(to: .server).prefix(1))
                        return Kept(peer)
                    }
                }
                try await server.provesToServe()
                try requireGrowth(since: before, below: 64 << 20)
                _ = peers
            }
        }
    }

    @Test(.disabled(if: Sanitizer.countsMemory, "a sanitizer's own memory counts"))
    func `pings of a peer that does not read are not kept`() async {
        await #expect(processExitsWith: .success) {
            try await withServer { server in
                let port = server.address.port
                try await server.provesToServe()
                let pings = [WireFrame](repeating: .ping(String(repeating: "p", count: 125)), count: 1000)
                    .octets(to: .server)
                let before = residentOctets()
                let peers = try await script {
                    try (0..<20).map { _ in
                        let peer = try RawPeer.open(port: port, receiveBuffer: 4096)
                        for _ in 0..<100 {
                            guard peer.isWritable(within: 100) else { break }
                            _ = peer.sendWhatIsTaken(pings)
                        }
                        return Kept(peer)
                    }
                }
                try await server.provesToServe()
                // 20 outboxes of the watermark and one turn of reading each, and what the allocator rounds up.
                try requireGrowth(since: before, below: 48 << 20)
                for peer in peers { peer.value.reset() }
                try await eventually("all of them to be gone") { server.connectionCount == 0 }
            }
        }
    }

    @Test(.disabled(if: Sanitizer.countsMemory, "a sanitizer's own memory counts"))
    func `a broadcast to peers that do not read is kept up to the limit only`() async {
        await #expect(processExitsWith: .success) {
            let recorder = Recorder { event, connection in
                guard case .message(.text("flood")) = event else { return }
                let piece = [UInt8](repeating: 7, count: 64 << 10)
                for _ in 0..<1000 { connection.send(piece.span.bytes, kind: .binary) }
            }
            try await withServer(
                .testing { $0.outboxLimit = 256 << 10 },
                decide: { request in
                    .accept(recorder)
                }
            ) { server in
                let port = server.address.port
                let before = residentOctets()
                let peers = try await script {
                    try (0..<50).map { _ in
                        let peer = try RawPeer.open(port: port, receiveBuffer: 4096)
                        try peer.send(.text("flood"))
                        return Kept(peer)
                    }
                }
                for _ in peers {
                    let closure = try await recorder.closure()
                    guard closure.cause == .slowConsumer else { throw PeerError("\(closure)") }
                }
                try requireGrowth(since: before, below: 32 << 20)
                try await eventually("all of them to be gone") { server.connectionCount == 0 }
            }
        }
    }

    @Test(.disabled(if: Sanitizer.countsMemory, "a sanitizer's own memory counts"))
    func `2,000 connections that open and vanish leave nothing behind`() async {
        await #expect(processExitsWith: .success) {
            try await withServer(loops: 2) { server in
                let port = server.address.port
                let storm: @Sendable () throws -> Void = {
                    for number in 0..<2000 {
                        let peer = try number % 2 == 0 ? RawPeer(port: port) : RawPeer.open(port: port)
                        number % 3 == 0 ? peer.disconnect() : peer.reset()
                    }
                }
                // The first storm fills what is kept for later: buffers of the loops, pages of the allocator.
                try await script(storm)
                try await eventually("the first storm to be over") { server.connectionCount == 0 }
                let before = residentOctets()
                try await script(storm)
                try await server.provesToServe()
                try await eventually("the second storm to be over") { server.connectionCount == 0 }
                try requireGrowth(since: before, below: 8 << 20)
                guard server.openDescriptors == 1 else {
                    throw PeerError("\(server.openDescriptors) descriptors are left")
                }
            }
        }
    }

    @Test(.disabled(if: Sanitizer.countsMemory, "a sanitizer's own memory counts"))
    func `many idle connections cost little`() async {
        await #expect(processExitsWith: .success) {
            try await withServer { server in
                let port = server.address.port
                try await server.provesToServe()
                let before = residentOctets()
                let peers = try await script { try (0..<2000).map { _ in Kept(try RawPeer.open(port: port)) } }
                // 2 KiB each, most of it the peers' own.
                try requireGrowth(since: before, below: 2000 * 4096)
                _ = peers
            }
        }
    }
}

/// The memory of this process that is in use now.
private func residentOctets() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
        separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
}

private func requireGrowth(since before: Int, below limit: Int) throws {
    let growth = residentOctets() - before
    guard growth < limit else { throw PeerError("memory grew by \(growth) octets, allowed are \(limit)") }
}
