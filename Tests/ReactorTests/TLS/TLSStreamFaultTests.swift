import CLinux
import Glibc
import TestTLS
import Testing

@testable import Reactor

/// Handshakes that fail, peers that misbehave, and what is left of them: nothing.
struct TLSStreamFaultTests {
    @Test func `a client that speaks no TLS is closed, and gets no plain answer`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (stream, peer) = try await fixture.connectPlain(.server, on: loop)
            try await peer.send(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            #expect(try await peer.receiveToEnd() == [])
            peer.close()
            #expect(try await stream.eventsUntilClosed() == [.closed(.tls(.notTLS))])
        }
    }

    @Test func `a client that goes on talking after the alert is cut off`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (stream, peer) = try await fixture.connectPlain(.server, on: loop)
            try await peer.send(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            // No end of its own: the stream's time for the alert runs out.
            #expect(try await stream.eventsUntilClosed() == [.closed(.tls(.notTLS))])
        }
    }

    /// The last version of TLS before 1.2, and a peer that would gladly speak it.
    @Test(arguments: SecureFixture.Side.allCases, [Int32(0x0301), 0x0302])
    func `old versions are refused`(side: SecureFixture.Side, version: Int32) async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            var options = TLSPeer.Options()
            options.versions = version...version
            let (descriptor, other) = try connectedSockets()
            let stream = try await TestedStream(descriptor, on: loop, tls: (fixture, side))
            let peer = try fixture.peer(of: side, other, options: options)
            await #expect(throws: TLSPeer.Failed.self) { try await onThread { try peer.handshake() } }
            peer.finishSocket()
            // A server of an old version refuses by itself: our client does not offer it.
            let expected: TLSError = side == .server ? .noCommonVersion : .alert(.protocolVersion)
            #expect(try await stream.eventsUntilClosed() == [.closed(.tls(expected))])
        }
    }

    @Test(arguments: [true, false])
    func `a server may not choose a protocol that was not offered`(isOffered: Bool) async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            var options = TLSPeer.Options()
            options.chooses = isOffered ? "http/1.1" : "h2"
            let (descriptor, other) = try connectedSockets()
            let stream = try await TestedStream(descriptor, on: loop, tls: (fixture, .client))
            let peer = try fixture.peer(of: .client, other, options: options)
            try await onThread {
                try? peer.handshake()
                peer.finishSocket()
            }
            let expected: [StreamEvent] =
                isOffered ? [.secured, .closed(.truncated)] : [.closed(.tls(.violation("bad extension")))]
            let events = try await stream.eventsUntilClosed()
            #expect(events == expected)
        }
    }

    @Test(arguments: SecureFixture.Side.allCases)
    func `a peer that leaves during the handshake is told as such`(side: SecureFixture.Side) async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (stream, peer) = try await fixture.connectPlain(side, on: loop)
            if side == .client { _ = try await peer.receiveOnce() }
            // The first octets of a record of the handshake.
            try await peer.send([22, 3, 3, 1])
            peer.finishWriting()
            #expect(try await stream.eventsUntilClosed() == [.closed(.tls(.closedDuringHandshake))])
        }
    }

    /// The owner's timer is the handshake's limit: TLS changes nothing about it.
    @Test func `a handshake that takes too long is the owner's to end`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let handler = ScriptedHandler { event, stream in
                guard event == .timerFired else { return }
                stream.write([1])
                stream.finish(by: loop.now + 1)
            }
            let (stream, peer) = try await fixture.connectPlain(.server, on: loop, handler: handler)
            try await stream.perform { $0.scheduleTimer(at: loop.now + 1) }
            #expect(try await stream.nextEvent() == .timerFired)
            // Not a word in plain text.
            #expect(try await peer.receiveToEnd() == [])
            #expect(try await stream.nextEvent() == .closed(.finished))
        }
    }

    @Test func `a certificate that is refused is told to both sides`() async throws {
        let fixture = try SecureFixture()
        let stranger = try SecureFixture(authority: "Another Root")
        try await withLoop { loop in
            let (descriptor, other) = try connectedSockets()
            let stream = try await TestedStream(descriptor, on: loop, tls: (stranger, .client))
            let peer = try fixture.peer(of: .client, other)
            await #expect { try await onThread { try peer.handshake() } } throws: { error in
                "\(error)".contains("unknown ca")
            }
            peer.finishSocket()
            let expected = TLSError.certificateRefused(.unknownAuthority, name: "server.example")
            #expect(try await stream.eventsUntilClosed() == [.closed(.tls(expected))])
        }
    }

    /// In TLS 1.3 a client is done before the server has looked at its certificate, and may have written by then.
    @Test(arguments: TLSVersion.allCases)
    func `a client that lacks a certificate hears why`(version: TLSVersion) async throws {
        let clients = try TestAuthority("Clients")
        let fixture = try SecureFixture(
            client: { $0.versions = version...version },
            server: { $0.clientCertificates = .required(authorities: .bytes(clients.certificate)) })
        try await withLoop { loop in
            let (serverEnd, clientEnd) = try connectedSockets()
            _ = fcntl(clientEnd, F_SETFL, fcntl(clientEnd, F_GETFL) | O_NONBLOCK)
            let talkative = ScriptedHandler { event, stream in
                if event == .secured { stream.write(pattern(100_000)) }
            }
            let server = try await TestedStream(serverEnd, on: loop, tls: (fixture, .server))
            let client = try await TestedStream(clientEnd, on: loop, tls: (fixture, .client), handler: talkative)
            #expect(try await server.eventsUntilClosed() == [.closed(.tls(.noClientCertificate))])
            let alert: TLSAlert = version == .tls12 ? .handshakeFailure : .certificateRequired
            #expect(try await client.eventsUntilClosed().last == .closed(.tls(.alert(alert))))
        }
    }

    @Test func `a damaged record in mid-stream is told to both sides`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (descriptor, other) = try connectedSockets()
            let copy = dup(other)
            let stream = try await TestedStream(descriptor, on: loop, tls: (fixture, .server))
            let peer = try fixture.peer(of: .server, other)
            try await onThread {
                try peer.handshake()
                try peer.write([1, 2])
            }
            #expect(try await stream.nextEvent() == .secured)
            #expect(try await stream.receive(2) == [1, 2])
            // Past OpenSSL, straight into the socket: a record that cannot be authentic.
            let raw = ScriptedPeer(descriptor: copy)
            try await raw.send([23, 3, 3, 0, 32] + [UInt8](repeating: 5, count: 32))
            guard case .failed(let reason) = try await onThread({ peer.receive() }) else {
                Issue.record("the peer got no alert")
                return
            }
            #expect(reason.contains("bad record mac"))
            raw.close()
            peer.finishSocket()
            guard case .closed(.tls(.violation)) = try await stream.nextEvent() else {
                Issue.record("not told as a violation")
                return
            }
        }
    }

    @Test func `a second handshake is refused`() async throws {
        let fixture = try SecureFixture(.tls12)
        try await withLoop { loop in
            var options = TLSPeer.Options()
            options.versions = TLSVersion.tls12.rawValue...TLSVersion.tls12.rawValue
            let (stream, peer) = try await fixture.connect(.server, on: loop, handler: .echo(), options: options)
            #expect(try await stream.nextEvent() == .secured)
            await #expect { try await onThread { try peer.renegotiate() } } throws: {
                "\($0)".contains("renegotiation")
            }
            peer.finishSocket()
            guard case .closed = try await stream.eventsUntilClosed().last else { throw Unexpected("no end") }
        }
    }

    /// Handshakes that fail in every way a few bytes can make them fail, none of which may leave anything behind.
    @Test(arguments: [5, 20_261_123])
    func `garbage instead of a handshake leaves no descriptor behind`(seed: UInt64) async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            var random = SeededRandom(seed: seed)
            for round in 0..<60 {
                let side: SecureFixture.Side = round % 2 == 0 ? .server : .client
                let (stream, peer) = try await fixture.connectPlain(side, on: loop)
                var garbage = random.bytes(1 + Int(random.next() % 3000))
                // Half of them begin as records of a handshake do.
                if round % 4 < 2 { garbage = [22, 3, 1] + garbage }
                try? await peer.send(garbage)
                peer.close()
                let events = try await stream.eventsUntilClosed()
                guard case .closed(let end) = events.last, events.count == 1 else {
                    throw Unexpected("\(events), seed \(seed), round \(round)")
                }
                #expect(end != .finished && end != .truncated, "seed \(seed), round \(round)")
            }
        }
    }

    /// Handlers that open and write to other connections while one connection's bytes are being decrypted.
    @Test func `a connection can be opened from within another one's callback`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (innerEnd, innerOther) = try connectedSockets()
            _ = fcntl(innerOther, F_SETFL, fcntl(innerOther, F_GETFL) | O_NONBLOCK)
            let inner = OnLoop<Stream?>(nil)
            let innerHandler = ScriptedHandler { event, stream in if event == .secured { stream.write([42]) } }
            let outerHandler = ScriptedHandler { event, stream in
                guard event == .secured else { return }
                let layer = try? fixture.client.makeLayer(host: "server.example", port: 1, on: loop)
                inner.value = try? Stream(innerOther, on: loop, tls: layer, handler: innerHandler)
                stream.write([1])
            }
            let innerPeer = try TLSPeer(descriptor: innerEnd, role: .server(fixture.certificate))
            let (descriptor, other) = try connectedSockets()
            let outer = try await TestedStream(descriptor, on: loop, tls: (fixture, .server), handler: outerHandler)
            let peer = try fixture.peer(of: .server, other)
            try await onThread {
                try peer.handshake()
                // The rest of the outer connection's bytes may be there already while the inner one begins.
                try peer.write([2, 3])
            }
            #expect(try await onThread { try peer.receive(exactly: 1) } == [1])
            #expect(try await outer.nextEvent() == .secured)
            #expect(try await outer.receive(2) == [2, 3])
            try await onThread { try innerPeer.handshake() }
            #expect(try await onThread { try innerPeer.receive(exactly: 1) } == [42])
            try await loop.perform { inner.value = nil }
        }
    }

    @Test func `thousands of connections leave nothing behind`() async {
        // In a process of its own, where nothing else opens or closes descriptors.
        await #expect(processExitsWith: .success) {
            let fixture = try SecureFixture()
            try await openRuntimeDescriptors()
            let before = OpenDescriptors()
            try await withLoop { loop in
                for round in 0..<40 {
                    var pairs: [(server: TestedStream, client: TestedStream)] = []
                    for _ in 0..<50 {
                        let (serverEnd, clientEnd) = try connectedSockets()
                        _ = fcntl(clientEnd, F_SETFL, fcntl(clientEnd, F_GETFL) | O_NONBLOCK)
                        pairs.append(
                            (
                                try await TestedStream(serverEnd, on: loop, tls: (fixture, .server), handler: .echo()),
                                try await TestedStream(clientEnd, on: loop, tls: (fixture, .client))
                            ))
                    }
                    for (number, pair) in pairs.enumerated() {
                        #expect(try await pair.client.nextEvent() == .secured)
                        switch (round + number) % 3 {
                        case 0: try await pair.client.perform { $0.finish(by: .max) }
                        case 1: try await pair.client.perform { $0.abort() }
                        default:
                            try await pair.client.perform { $0.write([1]) }
                            #expect(try await pair.client.nextEvent() == .received([1]))
                            try await pair.client.perform { $0.reset() }
                        }
                        _ = try await pair.client.eventsUntilClosed()
                        _ = try await pair.server.eventsUntilClosed()
                    }
                }
            }
            expectNothingLeft(since: before)
        }
    }
}
