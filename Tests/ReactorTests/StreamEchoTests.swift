import Glibc
import Testing

@testable import Reactor

/// Listener, connector and stream together: a server on one loop, a client on another.
struct StreamEchoTests {
    private static let sizes = [0, 1, 20, 16 * 1024, 16 * 1024 + 1, 256 * 1024, 256 * 1024 + 1, 3 << 20]

    @Test(arguments: SocketKind.allCases, sizes)
    func `every byte comes back`(kind: SocketKind, size: Int) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { serverLoop in
            try await withLoop { clientLoop in
                let server = try await EchoServer(on: serverLoop, at: kind.freshAddress())
                let client = try await TestedStream(clientLoop.connect(to: [server.address]).get(), on: clientLoop)
                let sent = pattern(size)
                try await client.perform { stream in
                    stream.write(sent)
                    stream.finishWriting()
                }
                var received: [UInt8] = []
                var event = try await client.nextEvent()
                while event != .inputEnded {
                    switch event {
                    case .received(let bytes): received += bytes
                    case .drained: break
                    default: throw Unexpected(event)
                    }
                    event = try await client.nextEvent()
                }
                #expect(difference(received, sent) == nil)
                #expect(try await client.nextEvent() == .closed(.finished))
                #expect(try await server.ends.next() == .finished)
                try await server.stop()
            }
        }
    }

    @Test(arguments: SocketKind.allCases)
    func `bytes sent one by one arrive complete`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let (descriptor, peer) = try kind.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop, handler: .echo())
            let sent = pattern(600)
            try await onThread { for byte in sent { try peer.sendNow([byte]) } }
            #expect(try await difference(stream.receive(600), sent) == nil)
            #expect(try await difference(peer.receive(exactly: 600), sent) == nil)
        }
    }

    /// Random pieces in both directions at once: what the peer sends and what it gets back do not wait for each other.
    @Test(arguments: [1, 20_260_611])
    func `random pieces come back in order`(seed: UInt64) async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            _ = try await TestedStream(descriptor, on: loop, handler: .echo())
            var random = SeededRandom(seed: seed)
            let pieces = (0..<300).map { _ in
                random.bytes(.random(in: 0...(Bool.random(using: &random) ? 100 : 40_000), using: &random))
            }
            let whole = Array(pieces.joined())
            async let sent: Void = onThread {
                for piece in pieces { try peer.sendNow(piece) }
                peer.finishWriting()
            }
            let received = try await peer.receiveToEnd()
            try await sent
            #expect(difference(received, whole) == nil, "seed \(seed)")
        }
    }

    @Test func `several streams of a loop do not mix up their bytes`() async throws {
        try await withLoop { loop in
            var peers: [ScriptedPeer] = []
            for _ in 0..<20 {
                let (descriptor, peer) = try SocketKind.unix.connectedPair()
                _ = try await TestedStream(descriptor, on: loop, handler: .echo())
                peers.append(peer)
            }
            for (index, peer) in peers.enumerated() {
                try await peer.send(pattern(20_000, seed: UInt64(index)))
            }
            for (index, peer) in peers.enumerated() {
                #expect(
                    try await difference(peer.receive(exactly: 20_000), pattern(20_000, seed: UInt64(index))) == nil)
            }
        }
    }
}

/// A listener whose streams send back what they get.
///
/// `@unchecked Sendable`: the listener is used on the loop only.
final class EchoServer: @unchecked Sendable {
    let loop: EventLoop
    let address: SocketAddress
    /// How the streams ended.
    let ends = Events<StreamEnd>()
    /// The addresses that clients came from.
    let clients = Events<String>()
    private let listener: Listener

    init(on loop: EventLoop, at address: SocketAddress) async throws {
        let (ends, clients) = (ends, clients)
        let listener = try await loop.perform {
            let listener = try Listener(
                address: address,
                accepted: { descriptor in
                    clients.send(SocketAddress(peerOf: descriptor)?.description ?? "unknown")
                    let handler = ScriptedHandler { event, stream in
                        switch event {
                        case .received(let bytes): stream.write(bytes)
                        case .inputEnded: stream.finish(by: .max)
                        case .closed(let end): ends.send(end)
                        default: break
                        }
                    }
                    // A failure closes the descriptor, and the test sees it at the other end.
                    _ = try? Stream(descriptor, on: loop, handler: handler)
                }, exhausted: { _ in })
            try listener.start(on: loop)
            return OnLoop(listener)
        }.value
        self.loop = loop
        self.listener = listener
        self.address = listener.address
    }

    func stop() async throws { try await loop.perform { self.listener.stop() } }
}

extension SocketAddress {
    /// The address at the other end of `descriptor`.
    init?(peerOf descriptor: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        self = withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { SocketAddress(copying: $0, length: length) }
        }
    }
}

extension EventLoop {
    /// Connects and waits for the outcome.
    func connect(
        to addresses: [SocketAddress], options: ConnectOptions = ConnectOptions()
    ) async throws -> Result<Int32, ConnectError> {
        let outcomes = Events<Result<Int32, ConnectError>>()
        execute { Connector.connect(to: addresses, on: self, options: options) { outcomes.send($0) } }
        return try await outcomes.next()
    }

    /// Resolves, connects and waits for the outcome.
    func connect(
        host: String, port: UInt16, options: ConnectOptions = ConnectOptions()
    ) async throws -> Result<Int32, ConnectError> {
        let outcomes = Events<Result<Int32, ConnectError>>()
        execute { Connector.connect(host: host, port: port, on: self, options: options) { outcomes.send($0) } }
        return try await outcomes.next()
    }
}
