import BenchResults
import TestTLS
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    @Suite struct SecureRunTests {
        private let root: TestAuthority
        private let authority: TemporaryFile
        private let tls: TLSServerContext

        init() throws {
            root = try TestAuthority()
            authority = try TemporaryFile(root.certificate)
            let certificate = try root.issue("server", names: ["127.0.0.1"])
            tls = try TLSServerContext(
                TLSServerConfiguration(
                    credentials: TLSCredentials(
                        certificateChain: .bytes(certificate.chain), privateKey: .bytes(certificate.key))))
        }

        private func scenario(_ port: UInt16, _ tls: String) -> EngineScenario {
            EngineScenario(port: port, scheme: "wss", target: ", tls: \(tls)")
        }

        @Test func `a run over TLS measures TLS between TCP and the upgrade`() async throws {
            try await TestServer.with(tls: tls, { _ in .accept(Echo()) }) { server in
                let result = try await scenario(server.port, "{ ca: \(authority.path) }").run()
                #expect(result.verdict == .passed, "\(result.errors) \(result.validity)")
                #expect(result.errors.isEmpty)
                for name in ["connect.tcp", "connect.tls", "connect.upgrade"] {
                    #expect(result.latency(name).count == 5, "\(name)")
                }
                #expect(result.latency("rtt").count == result.total("messages.sent"))
            }
        }

        @Test func `any server will do when that is asked for`() async throws {
            try await TestServer.with(tls: tls, { _ in .accept(Echo()) }) { server in
                let result = try await scenario(server.port, "{ insecure: true }").run()
                #expect(result.verdict == .passed)
                #expect(result.latency("connect.tls").count == 5)
            }
        }

        /// The clients of a run stand for people who have nothing to do with each other.
        @Test func `no client resumes another one's session`() async throws {
            let resumed = Collected<Bool?>()
            let decide: @Sendable (UpgradeRequest) -> UpgradeDecision = { _ in .accept(ResumptionReport(resumed)) }
            try await TestServer.with(tls: tls, decide) { server in
                _ = try await scenario(server.port, "{ ca: \(authority.path) }").run()
            }
            #expect(resumed.all == [false, false, false, false, false])
        }

        @Test func `a server that is not trusted is an error of TLS`() async throws {
            let other = try TemporaryFile(try TestAuthority("Another Root").certificate)
            try await TestServer.with(tls: tls, { _ in .accept(Echo()) }) { server in
                let result = try await scenario(server.port, "{ ca: \(other.path) }").run()
                #expect(result.errorCount("tls") > 0)
                #expect(result.errors.first { $0.kind == "tls" }?.example.contains("127.0.0.1 was refused") == true)
            }
        }

        @Test func `a file that cannot be used ends the run before it begins`() async throws {
            await #expect { _ = try await scenario(1, "{ ca: /nowhere/ca.pem }").run() } throws: { error in
                guard case LoadError.unusable(let text) = error else { return false }
                return text == "target.tls: /nowhere/ca.pem cannot be used: No such file or directory"
            }
        }
    }
}

/// Tells whether its connection resumed a session.
private final class ResumptionReport: WebSocketHandler {
    private let report: Collected<Bool?>

    init(_ report: Collected<Bool?>) { self.report = report }

    func opened(_ connection: WebSocketConnection) { report.add(connection.tlsAgreement?.isResumed) }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        connection.send(message, kind: kind)
    }
}
