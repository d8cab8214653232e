import TestTLS
import Testing

@testable import Reactor

/// Certificates, keys and authorities as they are configured; what clients show; which certificate a server shows.
struct TLSCredentialsTests {
    // MARK: - What cannot be used

    /// Something that is wrong with what is configured.
    struct Faulty: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let chain: [UInt8]
        let key: [UInt8]

        static let table: [Faulty] = {
            guard let root = try? TestAuthority(), let one = try? root.issue("one"),
                let other = try? root.issue("other")
            else { return [] }
            return [
                Faulty(testDescription: "no certificate", chain: [], key: one.key),
                Faulty(testDescription: "text that is no certificate", chain: Array("hello".utf8), key: one.key),
                Faulty(testDescription: "a key for a certificate", chain: one.key, key: one.key),
                Faulty(testDescription: "a certificate cut off", chain: Array(one.chain.dropLast(40)), key: one.key),
                Faulty(
                    testDescription: "a second certificate cut off",
                    chain: one.chain + root.certificate.dropLast(40), key: one.key),
                Faulty(testDescription: "no key", chain: one.chain, key: []),
                Faulty(testDescription: "a certificate for a key", chain: one.chain, key: one.chain),
                Faulty(testDescription: "a key with a password", chain: one.chain, key: one.encryptedKey),
                Faulty(testDescription: "the key of another certificate", chain: one.chain, key: other.key),
            ]
        }()
    }

    @Test(arguments: Faulty.table)
    func `credentials that cannot be used are refused, with the file's name`(row: Faulty) throws {
        let chain = try TemporaryFile(row.chain)
        let key = try TemporaryFile(row.key)
        let credentials = TLSCredentials(certificateChain: .file(chain.path), privateKey: .file(key.path))
        var client = TLSClientConfiguration()
        client.credentials = credentials
        for make in [
            { _ = try TLSServerContext(TLSServerConfiguration(credentials: credentials)) },
            { _ = try TLSClientContext(client) },
        ] {
            #expect { try make() } throws: { error in
                guard case TLSError.unusable(let what, _) = error else { return false }
                return what == chain.path || what == key.path
            }
        }
    }

    @Test func `the table of faulty credentials could be made`() { #expect(Faulty.table.count == 9) }

    @Test func `a file that is not there, and one that is too large, are named`() throws {
        let authority = try TestAuthority()
        var client = TLSClientConfiguration()
        client.trust = .authorities(.file("/nowhere/ca.pem"))
        #expect(
            throws: TLSError.unusable(what: "/nowhere/ca.pem", reason: "No such file or directory")
        ) { try TLSClientContext(client) }
        client.trust = .authorities(.file("/dev/zero"))
        #expect(throws: TLSError.unusable(what: "/dev/zero", reason: "it is larger than 16 MiB")) {
            try TLSClientContext(client)
        }
        client.trust = .authorities(.bytes(authority.certificate))
        #expect(throws: Never.self) { try TLSClientContext(client) }
    }

    @Test func `a server needs credentials`() {
        #expect(throws: TLSError.self) { try TLSServerContext(TLSServerConfiguration()) }
    }

    // MARK: - Which certificate is shown

    @Test(arguments: TLSVersion.allCases)
    func `a server shows the certificate for the host that is asked for`(version: TLSVersion) throws {
        let root = try TestAuthority()
        func credentials(_ subject: String, _ names: String...) throws -> TLSCredentials {
            try root.issue(subject, names: names).credentials
        }
        var server = TLSServerConfiguration(
            credentials: try credentials("first", "first.example"),
            try credentials("second", "second.example", "*.wild.example"), try credentials("third", "first.example"))
        var client = TLSClientConfiguration()
        client.trust = .insecure
        client.versions = version...version
        let shown: [(host: String, subject: String?)] = [
            ("first.example", "CN=first"), ("second.example", "CN=second"), ("SECOND.example", "CN=second"),
            ("a.wild.example", "CN=second"), ("wild.example", nil), ("unknown.example", nil), ("127.0.0.1", "CN=first"),
        ]
        for row in shown {
            server.refusesUnknownHosts = false
            let lenient = try Pair(client, server, host: row.host)
            #expect(lenient.client.agreement?.peerSubject == row.subject ?? "CN=first", "\(row.host)")
            server.refusesUnknownHosts = true
            let strict = try Pair(client, server, host: row.host)
            #expect(strict.client.agreement?.peerSubject == row.subject, "\(row.host)")
            #expect(strict.client.failure == (row.subject == nil ? .alert(.unrecognizedName) : nil))
            #expect(strict.server.failure == (row.subject == nil ? .unknownServerName(row.host) : nil))
        }
    }

    // MARK: - Clients' certificates

    /// A client's certificate, and what comes of it.
    struct ClientRow: Sendable, CustomTestStringConvertible {
        enum Shown: String, Sendable { case none, fitting, foreign, expired, forServers }

        let shown: Shown
        let isRequired: Bool
        let failure: TLSError?
        var alert: TLSAlert?

        var testDescription: String { "\(shown.rawValue), \(isRequired ? "required" : "optional")" }

        static let table = [
            ClientRow(shown: .fitting, isRequired: true, failure: nil),
            ClientRow(shown: .fitting, isRequired: false, failure: nil),
            ClientRow(shown: .none, isRequired: false, failure: nil),
            ClientRow(shown: .none, isRequired: true, failure: .noClientCertificate, alert: .certificateRequired),
            ClientRow(
                shown: .foreign, isRequired: true, failure: .certificateRefused(.unknownAuthority, name: nil),
                alert: .unknownAuthority),
            ClientRow(
                shown: .foreign, isRequired: false, failure: .certificateRefused(.unknownAuthority, name: nil),
                alert: .unknownAuthority),
            ClientRow(
                shown: .expired, isRequired: true, failure: .certificateRefused(.expired, name: nil),
                alert: .certificateExpired),
            ClientRow(
                shown: .forServers, isRequired: true, failure: .certificateRefused(.wrongPurpose, name: nil),
                alert: .unsupportedCertificate),
        ]

        func certificate(_ authority: TestAuthority) throws -> TestCertificate? {
            var request = CertificateRequest("alice")
            request.purpose = .client
            switch shown {
            case .none: return nil
            case .fitting: break
            case .foreign: return try TestAuthority("Foreign Root").issue(request)
            case .expired: request.validity = -7200 ... -60
            case .forServers: request.purpose = .server
            }
            return try authority.issue(request)
        }
    }

    @Test(arguments: ClientRow.table, TLSVersion.allCases)
    func `a client's certificate is demanded and judged`(row: ClientRow, version: TLSVersion) throws {
        let credentials = try Credentials()
        let authority = try TestAuthority("Clients")
        var client = credentials.client
        client.versions = version...version
        client.credentials = try row.certificate(authority)?.credentials
        var server = try credentials.server("server.example")
        let authorities = PEMSource.bytes(authority.certificate)
        server.clientCertificates =
            row.isRequired ? .required(authorities: authorities) : .optional(authorities: authorities)
        let pair = try Pair(client, server)
        #expect(pair.server.failure == row.failure)
        #expect(pair.server.isEstablished == (row.failure == nil))
        #expect(pair.server.agreement?.peerSubject == (row.shown == .fitting ? "CN=alice" : nil))
        if let alert = row.alert {
            // TLS 1.2 has no alert of its own for a certificate that is missing.
            let expected = version == .tls12 && alert == .certificateRequired ? .handshakeFailure : alert
            #expect(pair.client.failure == .alert(expected))
        } else {
            #expect(pair.client.failure == nil)
        }
    }

    @Test func `a server that demands nothing sees no certificate`() throws {
        let credentials = try Credentials()
        var client = credentials.client
        client.credentials = try credentials.root.issue("alice").credentials
        let pair = try Pair(client, credentials.server("server.example"))
        #expect(pair.server.isEstablished && pair.server.agreement?.peerSubject == nil)
    }

    @Test func `a subject is written so that it cannot mislead`() throws {
        let credentials = try Credentials()
        var client = credentials.client
        client.credentials = try credentials.root.issue("alice,O=admin\n").credentials
        var server = try credentials.server("server.example")
        server.clientCertificates = .required(authorities: .bytes(credentials.root.certificate))
        let pair = try Pair(client, server)
        #expect(pair.server.agreement?.peerSubject == #"CN=alice\,O=admin\0A"#)
    }

    // MARK: - Reloading

    @Test func `a reloaded certificate is for new connections; old ones go on`() throws {
        let root = try TestAuthority()
        let old = try root.issue("old", names: ["server.example"])
        let new = try root.issue("new", names: ["server.example"])
        let chain = try TemporaryFile(old.chain)
        let key = try TemporaryFile(old.key)
        let server = try TLSServerContext(
            TLSServerConfiguration(
                credentials: TLSCredentials(certificateChain: .file(chain.path), privateKey: .file(key.path))))
        var configuration = TLSClientConfiguration()
        configuration.trust = .authorities(.bytes(root.certificate))
        let client = try TLSClientContext(configuration)
        let before = try Pair(client, server)
        // One that is in the middle of its handshake keeps what it began with.
        let halfway = (client: try EngineSide.client(client), server: try EngineSide.server(server))
        let hello = halfway.client.take()
        #expect(halfway.server.take(Array(hello.prefix(100))).isEmpty)

        try chain.replace(new.chain)
        try key.replace(new.key)
        try server.reload()
        converse(halfway.client, halfway.server, opening: Array(hello.dropFirst(100)))
        #expect(halfway.client.agreement?.peerSubject == "CN=old")
        #expect(try Pair(client, server).client.agreement?.peerSubject == "CN=new")
        #expect(before.client.agreement?.peerSubject == "CN=old")
        _ = before.server.take(try before.client.write([1]))
        #expect(before.server.received == [1])
    }

    @Test func `a bad file leaves the old certificate in place`() throws {
        let root = try TestAuthority()
        let good = try root.issue("good", names: ["server.example"])
        let chain = try TemporaryFile(good.chain)
        let key = try TemporaryFile(good.key)
        let server = try TLSServerContext(
            TLSServerConfiguration(
                credentials: TLSCredentials(certificateChain: .file(chain.path), privateKey: .file(key.path))))
        let client = try TLSClientContext(Self.trusting(root))
        for (chainBytes, keyBytes, culprit) in [
            (Array("nothing".utf8), good.key, chain.path), (good.chain, try root.issue("other").key, key.path),
        ] {
            try chain.replace(chainBytes)
            try key.replace(keyBytes)
            #expect { try server.reload() } throws: { error in
                guard case TLSError.unusable(culprit, _) = error else { return false }
                return true
            }
            #expect(try Pair(client, server).client.agreement?.peerSubject == "CN=good")
        }
    }

    static func trusting(_ root: TestAuthority) -> TLSClientConfiguration {
        var configuration = TLSClientConfiguration()
        configuration.trust = .authorities(.bytes(root.certificate))
        return configuration
    }
}
