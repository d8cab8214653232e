import CLinux
import Glibc
import Testing

@testable import Reactor

struct ListenerTests {
    private static func listener(on address: SocketAddress) throws -> Listener {
        try Listener(address: address, accepted: { close($0) }, exhausted: { _ in })
    }

    /// What the file system has at `path`.
    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    @Test func `port 0 becomes the port that the kernel chose`() throws {
        let listener = try Self.listener(on: .ipv4())
        #expect(listener.address.port != 0)
        #expect(listener.address.description == "127.0.0.1:\(listener.address.port)")
    }

    @Test func `a taken port is reported with its address`() throws {
        let first = try Self.listener(on: .ipv4())
        let error = #expect(throws: SocketError.self) { _ = try Self.listener(on: first.address) }
        #expect(error?.code == EADDRINUSE)
        #expect(error?.description == "listen on \(first.address): Address already in use")
    }

    @Test func `an address that is not ours is reported`() throws {
        // TEST-NET-1, never an address of a machine (RFC 5737).
        let foreign = try SocketAddress.ipv4("192.0.2.77")
        let error = #expect(throws: SocketError.self) { _ = try Self.listener(on: foreign) }
        #expect(error?.code == EADDRNOTAVAIL)
        #expect(error?.operation == "listen on 192.0.2.77:0")
    }

    @Test func `all connections of a long queue are accepted`() async throws {
        try await withLoop { loop in
            let accepted = Events<Int32>()
            let listener = try Listener(address: .ipv4(), accepted: { accepted.send($0) }, exhausted: { _ in })
            var peers: [ScriptedPeer] = []
            // More than one turn accepts.
            for _ in 0..<200 { peers.append(try ScriptedPeer(connectingTo: listener.address)) }
            let held = OnLoop(listener)
            try await loop.perform { try held.value.start(on: loop) }
            for descriptor in try await accepted.next(200) {
                #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
                #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
                close(descriptor)
            }
            for peer in peers { #expect(try await peer.receiveToEnd() == []) }
            try await loop.perform { held.value.stop() }
        }
    }

    @Test func `a listener may stop while it accepts, and refuses from then on`() async throws {
        try await withLoop { loop in
            let accepted = Events<Int32>()
            let held = OnLoop<Listener?>(nil)
            let listener = try Listener(
                address: .ipv4(),
                accepted: { descriptor in
                    held.value?.stop()
                    accepted.send(descriptor)
                }, exhausted: { _ in })
            let address = listener.address
            let peers = [try ScriptedPeer(connectingTo: address), try ScriptedPeer(connectingTo: address)]
            held.value = listener
            try await loop.perform { try held.value?.start(on: loop) }
            close(try await accepted.next())
            try await loop.takeTurns()
            #expect(accepted.takeAll().isEmpty)
            #expect(try await peers[0].receiveToEnd() == [])
            #expect(try await peers[1].receiveOnce() == .failed(ECONNRESET))
            #expect(throws: CallFailed.self) { try ScriptedPeer(connectingTo: address) }
            try await loop.perform {
                held.value?.stop()
                held.value = nil
            }
        }
    }

    // MARK: - Unix-domain files

    @Test func `a stopped listener leaves no socket file`() async throws {
        try await withLoop { loop in
            let path = freshPath()
            let server = try await EchoServer(on: loop, at: .unix(path))
            #expect(Self.kind(of: path) == S_IFSOCK)
            try await server.stop()
            #expect(Self.kind(of: path) == nil)
        }
    }

    @Test func `a stopping loop leaves no socket file`() async throws {
        let loop = try EventLoop.start()
        let ended = loop.threadEnd()
        let path = freshPath()
        _ = try await EchoServer(on: loop, at: .unix(path))
        loop.stop()
        try await ended.next()
        #expect(Self.kind(of: path) == nil)
    }

    @Test func `the socket file of a process that died is replaced`() async throws {
        let path = freshPath()
        defer { unlink(path) }
        _ = try ListeningSocket(on: .unix(path))
        #expect(Self.kind(of: path) == S_IFSOCK)
        try await withLoop { loop in
            let server = try await EchoServer(on: loop, at: .unix(path))
            let peer = try ScriptedPeer(connectingTo: server.address)
            try await peer.send([1, 2])
            #expect(try await peer.receive(exactly: 2) == [1, 2])
        }
    }

    @Test(arguments: [0, 128])
    func `the socket file of a living server is reported as taken and left alone`(backlog: Int32) throws {
        let path = freshPath()
        defer { unlink(path) }
        let living = try ListeningSocket(on: .unix(path), backlog: backlog)
        // With backlog 0 this one fills the queue: a further connection is neither accepted nor refused.
        let waiting = try ScriptedPeer(connectingTo: living.address)
        let error = #expect(throws: SocketError.self) { _ = try Self.listener(on: living.address) }
        #expect(error?.code == EADDRINUSE)
        #expect(error?.description == "listen on unix:\(path): Address already in use")
        waiting.close()
        close(try living.accept())
        _ = try ScriptedPeer(connectingTo: living.address)
    }

    @Test func `a file that is no socket is reported as taken and left alone`() throws {
        let path = freshPath()
        defer { unlink(path) }
        let file = open(path, O_CREAT | O_WRONLY | O_EXCL, 0o600)
        #expect(write(file, "precious", 8) == 8)
        close(file)
        let address = try SocketAddress.unix(path)
        let error = #expect(throws: SocketError.self) { _ = try Self.listener(on: address) }
        #expect(error?.code == EADDRINUSE)
        #expect(Self.kind(of: path) == S_IFREG)
    }

    @Test func `a directory that does not exist is reported`() throws {
        let address = try SocketAddress.unix("/tmp/reactor-no-such-directory/x.sock")
        let error = #expect(throws: SocketError.self) { _ = try Self.listener(on: address) }
        #expect(error?.code == ENOENT)
    }
}
