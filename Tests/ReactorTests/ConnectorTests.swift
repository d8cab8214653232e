import CLinux
import Glibc
import Testing

@testable import Reactor

struct ConnectorTests {
    private static let second: UInt64 = 1_000_000_000

    /// A listener whose queue is full: the kernel drops what else asks to connect, as a host that is gone would.
    private final class SilentAddress: Sendable {
        private let listening: ListeningSocket
        private let waiting: ScriptedPeer
        var address: SocketAddress { listening.address }

        init() throws {
            listening = try ListeningSocket(on: .ipv4(), backlog: 0)
            waiting = try ScriptedPeer(connectingTo: listening.address)
            var query = pollfd(descriptor: listening.descriptor)
            guard poll(&query, 1, 60_000) == 1 else { throw Overdue() }
        }
    }

    @Test(arguments: SocketKind.allCases)
    func `a connection is made and handed over`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let listening = try ListeningSocket(on: kind.freshAddress())
            let descriptor = try await loop.connect(to: [listening.address]).get()
            #expect(SocketAddress(peerOf: descriptor)?.description == listening.address.description)
            #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
            close(descriptor)
            if kind == .unix { unlink(String(listening.address.description.dropFirst(5))) }
        }
    }

    @Test func `the completion never runs before the call returns`() async throws {
        try await withLoop { loop in
            let refusing = try RefusingAddress()
            let order = Events<String>()
            try await loop.perform {
                for addresses in [[refusing.address], []] {
                    Connector.connect(to: addresses, on: loop) { _ in order.send("completed") }
                }
                order.send("returned")
            }
            #expect(try await order.next(3) == ["returned", "completed", "completed"])
        }
    }

    @Test func `a refused connection is reported with its address`() async throws {
        try await withLoop { loop in
            let refusing = try RefusingAddress()
            let outcome = try await loop.connect(to: [refusing.address])
            let expected = SocketError("connect to \(refusing.address)", code: ECONNREFUSED)
            #expect(outcome == .failure(.failed(expected)))
            #expect(expected.description == "connect to \(refusing.address): Connection refused")
        }
    }

    @Test func `a missing socket file is reported`() async throws {
        try await withLoop { loop in
            let outcome = try await loop.connect(to: [.unix(freshPath())])
            guard case .failure(.failed(let error)) = outcome else {
                Issue.record("connected: \(outcome)")
                return
            }
            #expect(error.code == ENOENT)
        }
    }

    @Test func `no address is an error`() async throws {
        try await withLoop { loop in
            let outcome = try await loop.connect(to: [])
            #expect(outcome == .failure(.unresolved(host: "", reason: "no address")))
        }
    }

    @Test func `a host that does not answer is given up at the deadline`() async throws {
        try await withLoop { loop in
            let silent = try SilentAddress()
            let start = monotonicNanoseconds()
            let outcome = try await loop.connect(to: [silent.address], options: ConnectOptions(timeout: 50_000_000))
            #expect(monotonicNanoseconds() - start >= 50_000_000)
            #expect(outcome == .failure(.timedOut(address: "\(silent.address)")))
        }
    }

    @Test func `the next address is tried when one refuses`() async throws {
        try await withLoop { loop in
            let refusing = try RefusingAddress()
            let listening = try ListeningSocket(on: .ipv4())
            let missing = try SocketAddress.unix(freshPath())
            let addresses = [refusing.address, missing, refusing.address, listening.address, refusing.address]
            let descriptor = try await loop.connect(to: addresses).get()
            #expect(SocketAddress(peerOf: descriptor)?.description == listening.address.description)
            close(descriptor)
        }
    }

    @Test func `when every address fails the last failure is reported`() async throws {
        try await withLoop { loop in
            let first = try RefusingAddress()
            let second = try RefusingAddress()
            let outcome = try await loop.connect(to: [first.address, second.address])
            #expect(outcome == .failure(.failed(SocketError("connect to \(second.address)", code: ECONNREFUSED))))
        }
    }

    // MARK: - Source address

    @Test func `the server sees the chosen source address`() async throws {
        try await withLoop { loop in
            let server = try await EchoServer(on: loop, at: .ipv4())
            let options = ConnectOptions(source: try .ipv4("127.0.0.5"))
            let descriptor = try await loop.connect(to: [server.address], options: options).get()
            #expect(try await server.clients.next().hasPrefix("127.0.0.5:"))
            close(descriptor)
            try await server.stop()
        }
    }

    @Test func `a source address that is not ours is reported`() async throws {
        try await withLoop { loop in
            let listening = try ListeningSocket(on: .ipv4())
            let options = ConnectOptions(source: try .ipv4("192.0.2.77"))
            let outcome = try await loop.connect(to: [listening.address], options: options)
            #expect(
                outcome == .failure(.failed(SocketError("connect from 192.0.2.77:0", code: EADDRNOTAVAIL))))
        }
    }

    @Test func `a target of another family than the source address is not connected to without it`() async throws {
        if !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let options = ConnectOptions(source: try .ipv4("127.0.0.5"))
            let ipv6 = try ListeningSocket(on: SocketKind.ipv6.freshAddress())
            let outcome = try await loop.connect(to: [ipv6.address], options: options)
            guard case .failure(.failed(let error)) = outcome else {
                Issue.record("connected: \(outcome)")
                return
            }
            #expect(error.code == EAFNOSUPPORT)

            // Of the addresses of a name, the one that fits is taken.
            let server = try await EchoServer(on: loop, at: .ipv4())
            let both = [ipv6.address, server.address]
            let descriptor = try await loop.connect(to: both, options: options).get()
            #expect(try await server.clients.next().hasPrefix("127.0.0.5:"))
            close(descriptor)
            try await server.stop()
        }
    }

    // MARK: - Names

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a host is resolved and connected to`(host: String) async throws {
        try await withLoop { loop in
            let listening = try ListeningSocket(on: .ipv4())
            let descriptor = try await loop.connect(host: host, port: listening.address.port).get()
            #expect(SocketAddress(peerOf: descriptor)?.port == listening.address.port)
            close(descriptor)
        }
    }

    @Test func `a name that cannot be resolved is reported`() async throws {
        try await withLoop { loop in
            // Refused by the resolver's own rules (an empty label), without asking a server.
            let outcome = try await loop.connect(host: "no..name", port: 1)
            guard case .failure(.unresolved("no..name", let reason)) = outcome else {
                Issue.record("not unresolved: \(outcome)")
                return
            }
            #expect(!reason.isEmpty)
            #expect(ConnectError.unresolved(host: "h", reason: "why").description == "cannot resolve h: why")
        }
    }

    /// A resolver that answers when the test says so.
    private final class SlowResolver: Sendable {
        typealias Answer = @Sendable (Result<[SocketAddress], ConnectError>) -> Void
        let questions = Events<Answer>()

        func connect(port: UInt16, timeout: UInt64, on loop: EventLoop) -> Events<Result<Int32, ConnectError>> {
            let outcomes = Events<Result<Int32, ConnectError>>()
            loop.execute {
                Connector.connect(
                    host: "slow.test", port: port, on: loop, options: ConnectOptions(timeout: timeout),
                    resolve: { self.questions.send($2) }, completion: { outcomes.send($0) })
            }
            return outcomes
        }
    }

    @Test func `an answer of the resolver in time is connected to`() async throws {
        try await withLoop { loop in
            let listening = try ListeningSocket(on: .ipv4())
            let resolver = SlowResolver()
            let outcomes = resolver.connect(port: 1, timeout: .max, on: loop)
            let answer = try await resolver.questions.next()
            answer(.success([listening.address]))
            close(try await outcomes.next().get())
        }
    }

    @Test func `the timeout holds while the name is resolved, and a later answer is dropped`() async throws {
        try await withLoop { loop in
            let listening = try ListeningSocket(on: .ipv4())
            let resolver = SlowResolver()
            let outcomes = resolver.connect(port: 7, timeout: 30_000_000, on: loop)
            #expect(try await outcomes.next() == .failure(.timedOut(address: "slow.test:7")))
            let answer = try await resolver.questions.next()
            answer(.success([listening.address]))
            try await loop.takeTurns()
            #expect(outcomes.takeAll().isEmpty)
        }
    }

    @Test func `a stopping loop does not wait for the resolver`() async throws {
        let loop = try EventLoop.start()
        let ended = loop.threadEnd()
        let resolver = SlowResolver()
        let outcomes = resolver.connect(port: 7, timeout: .max, on: loop)
        let answer = try await resolver.questions.next()
        loop.stop()
        let expected = SocketError("resolve slow.test:7", code: ECANCELED)
        #expect(try await outcomes.next() == .failure(.failed(expected)))
        try await ended.next()
        answer(.success([]))
        #expect(outcomes.takeAll().isEmpty)
    }

    // MARK: - A stopping loop

    @Test func `a connection in the making ends with its loop, and does not call itself timed out`() async throws {
        let loop = try EventLoop.start()
        let ended = loop.threadEnd()
        let silent = try SilentAddress()
        let outcomes = Events<Result<Int32, ConnectError>>()
        try await loop.perform {
            // Without a timeout of its own: on a busy machine much may pass before the loop is stopped.
            Connector.connect(to: [silent.address], on: loop, options: ConnectOptions(timeout: .max)) {
                outcomes.send($0)
            }
        }
        loop.stop()
        let expected = SocketError("connect to \(silent.address)", code: ECANCELED)
        #expect(try await outcomes.next() == .failure(.failed(expected)))
        try await ended.next()
    }
}
