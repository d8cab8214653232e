import COpenSSL
import TestTLS
import Testing

@testable import Reactor

struct TLSHandshakeTests {
    /// Ways for a handshake to arrive.
    enum Arrival: CaseIterable {
        case whole, byteByByte

        func cut(_ bytes: [UInt8]) -> [[UInt8]] { self == .whole ? [bytes] : bytes.map { [$0] } }
    }

    @Test(arguments: TLSVersion.allCases, Arrival.allCases)
    func `both sides agree on what both speak`(version: TLSVersion, arrival: Arrival) throws {
        let credentials = try Credentials()
        var client = credentials.client
        client.versions = .tls12...version
        let pair = try Pair(client, credentials.server("server.example"), cut: arrival.cut)
        for side in [pair.client, pair.server] {
            #expect(side.isEstablished && side.failure == nil)
            let agreement = try #require(side.agreement)
            #expect(agreement.version == version)
            #expect(agreement.applicationProtocol == "http/1.1")
            #expect(agreement.serverName == "server.example")
            #expect(!agreement.isResumed)
            #expect(agreement.cipherSuite == pair.server.agreement?.cipherSuite)
            #expect(agreement.cipherSuite.contains("GCM") || agreement.cipherSuite.contains("CHACHA20"))
        }
        #expect(pair.client.agreement?.peerSubject == "CN=server.example")
        #expect(pair.server.agreement?.peerSubject == nil)
    }

    @Test(arguments: [(TLSVersion.tls12, TLSVersion.tls13), (.tls13, .tls12)])
    func `without a common version both sides say so`(client: TLSVersion, server: TLSVersion) throws {
        let credentials = try Credentials()
        var clientConfiguration = credentials.client
        clientConfiguration.versions = client...client
        var serverConfiguration = try credentials.server("server.example")
        serverConfiguration.versions = server...server
        let pair = try Pair(clientConfiguration, serverConfiguration)
        #expect(pair.server.failure == .noCommonVersion)
        #expect(pair.client.failure == .alert(.protocolVersion))
    }

    @Test func `nothing is agreed on before the handshake is over`() throws {
        let credentials = try Credentials()
        let client = try EngineSide.client(TLSClientContext(credentials.client))
        #expect(!client.take().isEmpty)
        #expect(client.agreement == nil && !client.isEstablished)
        #expect(client.finishWriting().isEmpty, "there is no end of what has not begun")
    }

    // MARK: - Trust

    /// A server's certificate, and what a client says to it.
    struct Shown: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var host = "server.example"
        var fault: CertificateFault?
        var alert: TLSAlert?
        let certificate: @Sendable (TestAuthority) throws -> TestCertificate

        init(
            _ description: String, host: String = "server.example", fault: CertificateFault? = nil,
            alert: TLSAlert? = nil, certificate: @escaping @Sendable (TestAuthority) throws -> TestCertificate
        ) {
            testDescription = description
            self.host = host
            self.fault = fault
            self.alert = alert
            self.certificate = certificate
        }

        static func valid(_ seconds: ClosedRange<Int>) -> CertificateRequest {
            var request = CertificateRequest("server.example", names: ["server.example"])
            request.validity = seconds
            return request
        }

        static func made(for purpose: CertificateRequest.Purpose) -> CertificateRequest {
            var request = CertificateRequest("server.example", names: ["server.example"])
            request.purpose = purpose
            return request
        }

        static let table = [
            Shown("for this host") { try $0.issue("x", names: ["other.example", "server.example"]) },
            Shown("for this host, in capitals", host: "SERVER.example") {
                try $0.issue("x", names: ["server.example"])
            },
            Shown("for servers") { try $0.issue(made(for: .server)) },
            Shown("for all hosts of a domain", host: "a.server.example") {
                try $0.issue("x", names: ["*.server.example"])
            },
            Shown("for an IPv4 address", host: "127.0.0.1") { try $0.issue("x", names: ["127.0.0.1"]) },
            Shown("for an IPv6 address", host: "::1") { try $0.issue("x", names: ["::1"]) },
            Shown("signed by an intermediate authority") {
                try $0.makeIntermediate("Between").issue("x", names: ["server.example"])
            },
            Shown("signed by the second of two intermediate authorities") {
                try $0.makeIntermediate("First").makeIntermediate("Second").issue("x", names: ["server.example"])
            },
            Shown("for another host", fault: .hostMismatch, alert: .badCertificate) {
                try $0.issue("x", names: ["other.example"])
            },
            Shown("for the domain above", host: "a.server.example", fault: .hostMismatch, alert: .badCertificate) {
                try $0.issue("x", names: ["server.example"])
            },
            Shown(
                "for all hosts one level above", host: "b.a.server.example", fault: .hostMismatch,
                alert: .badCertificate
            ) { try $0.issue("x", names: ["*.server.example"]) },
            Shown("for part of a label", host: "abc.example", fault: .hostMismatch, alert: .badCertificate) {
                try $0.issue("x", names: ["a*.example"])
            },
            Shown("with the host as its subject only", fault: .hostMismatch, alert: .badCertificate) {
                try $0.issue("server.example", names: [])
            },
            Shown("for another address", host: "127.0.0.2", fault: .addressMismatch, alert: .badCertificate) {
                try $0.issue("x", names: ["127.0.0.1"])
            },
            Shown("for the address as a name", host: "127.0.0.1", fault: .addressMismatch, alert: .badCertificate) {
                try $0.issue("127.0.0.1", names: ["server.example"])
            },
            Shown("expired", fault: .expired, alert: .certificateExpired) { try $0.issue(valid(-7200 ... -60)) },
            Shown("not valid yet", fault: .notYetValid, alert: .badCertificate) {
                try $0.issue(valid(3600...7200))
            },
            Shown("for clients only", fault: .wrongPurpose, alert: .unsupportedCertificate) {
                try $0.issue(made(for: .client))
            },
            Shown("signed by itself", fault: .selfSigned, alert: .unknownAuthority) { _ in
                try TestAuthority.selfSigned(valid(-60...3600))
            },
            Shown("signed by an unknown authority", fault: .unknownAuthority, alert: .unknownAuthority) { _ in
                try TestAuthority("Unknown Root").issue("x", names: ["server.example"])
            },
            Shown(
                "signed by another authority of the same name", fault: CertificateFault(rawValue: 7),
                alert: .decryptError
            ) { _ in try TestAuthority().issue("x", names: ["server.example"]) },
        ]
    }

    @Test(arguments: Shown.table, TLSVersion.allCases)
    func `a client believes a certificate or says what is wrong with it`(row: Shown, version: TLSVersion) throws {
        let credentials = try Credentials()
        let certificate = try row.certificate(credentials.root)
        var client = credentials.client
        client.versions = version...version
        let server = TLSServerConfiguration(credentials: certificate.credentials)
        let pair = try Pair(client, server, host: row.host)
        if let fault = row.fault {
            #expect(pair.client.failure == .certificateRefused(fault, name: row.host))
            #expect(!pair.client.isEstablished)
            #expect(pair.server.failure == row.alert.map { .alert($0) })
        } else {
            #expect(pair.client.failure == nil && pair.server.failure == nil)
            #expect(pair.client.isEstablished && pair.server.isEstablished)
        }
        // Whoever asks for it believes anything.
        client.trust = .insecure
        let insecure = try Pair(client, server, host: row.host)
        #expect(insecure.client.isEstablished && insecure.server.isEstablished)
    }

    @Test func `the system's authorities do not know a test's`() throws {
        let credentials = try Credentials()
        let pair = try Pair(TLSClientContext.system.get(), TLSServerContext(credentials.server("server.example")))
        #expect(pair.client.failure == .certificateRefused(.unknownAuthority, name: "server.example"))
    }

    @Test func `a certificate is trusted in itself, and so is an intermediate authority`() throws {
        let root = try TestAuthority()
        let between = try root.makeIntermediate("Between")
        let certificate = try between.issue("x", names: ["server.example"])
        let server = TLSServerConfiguration(credentials: certificate.credentials)
        for trusted in [between.certificate, certificate.chain] {
            var client = TLSClientConfiguration()
            client.trust = .authorities(.bytes(trusted))
            let pair = try Pair(client, server)
            #expect(pair.client.isEstablished && pair.client.failure == nil)
        }
    }

    @Test func `a configured name stands for the URL's`() throws {
        let credentials = try Credentials()
        var client = credentials.client
        client.serverName = "inner.example"
        let named = try Pair(client, credentials.server("inner.example"), host: "127.0.0.1")
        #expect(named.client.isEstablished)
        #expect(named.server.agreement?.serverName == "inner.example")
        let other = try Pair(client, credentials.server("server.example"), host: "server.example")
        #expect(other.client.failure == .certificateRefused(.hostMismatch, name: "inner.example"))
    }

    @Test func `an address is not asked for as a name`() throws {
        let credentials = try Credentials()
        let pair = try Pair(credentials.client, credentials.server("127.0.0.1"), host: "127.0.0.1")
        #expect(pair.client.isEstablished)
        #expect(pair.server.agreement?.serverName == nil)
    }

    @Test(arguments: ["", "a\0b", String(repeating: "a", count: 256)])
    func `a name that cannot be asked for is refused before anything is sent`(name: String) throws {
        let credentials = try Credentials()
        let context = try TLSClientContext(credentials.client)
        #expect { _ = try EngineSide.client(context, host: name) } throws: { error in
            guard case TLSError.unusable = error else { return false }
            return true
        }
    }

    // MARK: - Application protocols

    struct Protocols: Sendable, CustomTestStringConvertible {
        let client: [String]
        let server: [String]
        let chosen: String?
        var isRefused = false

        var testDescription: String { "\(client) and \(server)" }

        static let table = [
            Protocols(client: ["http/1.1"], server: ["http/1.1"], chosen: "http/1.1"),
            Protocols(client: ["h2", "http/1.1"], server: ["http/1.1"], chosen: "http/1.1"),
            Protocols(client: ["b", "a"], server: ["a", "b"], chosen: "a"),
            Protocols(client: [], server: ["http/1.1"], chosen: nil),
            Protocols(client: ["http/1.1"], server: [], chosen: nil),
            Protocols(client: [], server: [], chosen: nil),
            Protocols(client: ["h2"], server: ["http/1.1"], chosen: nil, isRefused: true),
        ]
    }

    @Test(arguments: Protocols.table, TLSVersion.allCases)
    func `the server's favourite of the common protocols is chosen`(row: Protocols, version: TLSVersion) throws {
        let credentials = try Credentials()
        var client = credentials.client
        client.applicationProtocols = row.client
        client.versions = version...version
        var server = try credentials.server("server.example")
        server.applicationProtocols = row.server
        let pair = try Pair(client, server)
        #expect(pair.client.agreement?.applicationProtocol == row.chosen)
        #expect(pair.server.agreement?.applicationProtocol == row.chosen)
        #expect(pair.server.failure == (row.isRefused ? .noCommonProtocol : nil))
        #expect(pair.client.failure == (row.isRefused ? .alert(.noApplicationProtocol) : nil))
    }

    @Test(arguments: ["", String(repeating: "x", count: 256)])
    func `a protocol's name has from 1 to 255 octets`(name: String) throws {
        var client = TLSClientConfiguration()
        client.applicationProtocols = [name]
        #expect(throws: TLSError.self) { try TLSClientContext(client) }
        client.applicationProtocols = [String(repeating: "x", count: 255)]
        #expect(throws: Never.self) { try TLSClientContext(client) }
    }

    // MARK: - What does not speak TLS

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: server.example\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2p1\r\n", String(repeating: "\0", count: 64),
    ])
    func `a server tells who speaks no TLS, and says nothing to them`(text: String) throws {
        let credentials = try Credentials()
        for arrival in Arrival.allCases {
            let server = try EngineSide.server(TLSServerContext(credentials.server("server.example")))
            var output: [UInt8] = []
            for piece in arrival.cut(Array(text.utf8)) where server.failure == nil { output += server.take(piece) }
            #expect(server.failure == .notTLS)
            #expect(output.isEmpty)
        }
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "-ERR unknown command\r\n"])
    func `a client tells a server that speaks no TLS`(text: String) throws {
        let credentials = try Credentials()
        let client = try EngineSide.client(TLSClientContext(credentials.client))
        _ = client.take()
        _ = client.take(Array(text.utf8))
        #expect(client.failure == .notTLS)
    }

    /// Whatever arrives instead of a handshake ends in an error or waits for more; nothing traps.
    @Test(arguments: [3, 20_261_123])
    func `damaged handshakes fail and no more`(seed: UInt64) throws {
        let credentials = try Credentials()
        let context = try TLSServerContext(credentials.server("server.example"))
        let client = try TLSClientContext(credentials.client)
        var random = SeededRandom(seed: seed)
        for round in 0..<300 {
            var hello = try EngineSide.client(client).take()
            for _ in 0...random.next() % 4 {
                let index = Int(random.next() % UInt64(hello.count))
                hello[index] = UInt8(truncatingIfNeeded: random.next())
            }
            hello.removeLast(Int(random.next() % 8))
            let server = try EngineSide.server(context)
            _ = server.take(hello)
            #expect(!server.isEstablished && server.received.isEmpty, "seed \(seed), round \(round)")
        }
    }
}
