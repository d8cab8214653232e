import COpenSSL
import TestTLS
import Testing

@testable import Reactor

struct TLSResumptionTests {
    /// A client and a server that have met once, with what the client was given at the end.
    private struct Met {
        let credentials: Credentials
        let client: TLSClientContext
        let server: TLSServerContext

        init(
            _ version: TLSVersion, client change: (inout TLSClientConfiguration) throws -> Void = { _ in },
            server changeServer: (inout TLSServerConfiguration, Credentials) throws -> Void = { _, _ in }
        ) throws {
            credentials = try Credentials()
            var clientConfiguration = credentials.client
            clientConfiguration.versions = version...version
            try change(&clientConfiguration)
            var serverConfiguration = try credentials.server("server.example")
            try changeServer(&serverConfiguration, credentials)
            client = try TLSClientContext(clientConfiguration)
            server = try TLSServerContext(serverConfiguration)
            let first = try Pair(client, server)
            #expect(first.client.isEstablished && first.client.agreement?.isResumed == false)
        }

        func isResumed(host: String = "server.example") throws -> Bool {
            let pair = try Pair(client, server, host: host)
            let agreement = try #require(pair.client.agreement)
            #expect(pair.server.agreement?.isResumed == agreement.isResumed)
            // Both ways, so that a resumed connection is seen to work.
            _ = pair.server.take(try pair.client.write([1]))
            _ = pair.client.take(try pair.server.write([2]))
            #expect(pair.server.received == [1] && pair.client.received == [2])
            return agreement.isResumed
        }
    }

    @Test(arguments: TLSVersion.allCases)
    func `the next connection takes up the session, and so does the one after it`(version: TLSVersion) throws {
        let met = try Met(version)
        for _ in 0..<3 { #expect(try met.isResumed()) }
    }

    @Test(arguments: TLSVersion.allCases)
    func `a resumed connection keeps what was agreed`(version: TLSVersion) throws {
        let met = try Met(version)
        let pair = try Pair(met.client, met.server)
        #expect(pair.client.agreement?.isResumed == true)
        #expect(pair.client.agreement?.applicationProtocol == "http/1.1")
        #expect(pair.client.agreement?.peerSubject == "CN=server.example")
        #expect(pair.server.agreement?.serverName == "server.example")
    }

    @Test(arguments: TLSVersion.allCases)
    func `a session of a connection that broke off is as good as any`(version: TLSVersion) throws {
        let met = try Met(version)
        for _ in 0..<2 {
            let broken = try Pair(met.client, met.server)
            _ = broken.client.take([UInt8](repeating: 0xFF, count: 100))
            #expect(broken.client.failure != nil)
            #expect(try met.isResumed())
        }
    }

    @Test(arguments: TLSVersion.allCases)
    func `a session is for one host and port`(version: TLSVersion) throws {
        let met = try Met(version, client: { $0.trust = .insecure })
        #expect(try !met.isResumed(host: "other.example"))
        #expect(try met.isResumed())
        let elsewhere = try EngineSide.client(met.client, port: 444)
        converse(elsewhere, try EngineSide.server(met.server))
        #expect(elsewhere.agreement?.isResumed == false)
    }

    @Test(arguments: TLSVersion.allCases)
    func `who wants no resumption gets none`(version: TLSVersion) throws {
        #expect(try !Met(version, client: { $0.resumptionCapacity = 0 }).isResumed())
        #expect(try !Met(version, server: { server, _ in server.issuesTickets = false }).isResumed())
    }

    @Test(arguments: TLSVersion.allCases)
    func `a reload ends all sessions`(version: TLSVersion) throws {
        let met = try Met(version)
        try met.server.reload()
        #expect(try !met.isResumed())
        #expect(try met.isResumed())
    }

    @Test(arguments: TLSVersion.allCases)
    func `a resumed client is still who it was`(version: TLSVersion) throws {
        let authority = try TestAuthority("Clients")
        let met = try Met(
            version, client: { $0.credentials = try authority.issue("alice").credentials },
            server: { server, _ in server.clientCertificates = .required(authorities: .bytes(authority.certificate)) })
        let pair = try Pair(met.client, met.server)
        #expect(pair.server.agreement?.isResumed == true)
        #expect(pair.server.agreement?.peerSubject == "CN=alice")
    }

    @Test func `the cache holds as many servers as it may, the latest`() throws {
        let cache = ResumptionCache(capacity: 3)
        for number in 0..<10 { cache.keep(try Self.anySession(), for: "\(number % 5)") }
        #expect(cache.count == 3)
        #expect(cache.take(for: "1") == nil)
        #expect(cache.take(for: "2") != nil)
        #expect(cache.take(for: "2") == nil)
        #expect(cache.count == 2)
        cache.keep(try Self.anySession(), for: "2")
        #expect(cache.count == 3 && cache.take(for: "3") != nil && cache.take(for: "4") != nil)
    }

    private static func anySession() throws -> ResumableSession {
        let pair = try Pair(.tls13)
        return try #require(pair.client.currentSession)
    }
}

extension EngineSide {
    /// The session as the connection has it now.
    var currentSession: ResumableSession? { SSL_get_session(session.pointer).flatMap { ResumableSession(copying: $0) } }
}
