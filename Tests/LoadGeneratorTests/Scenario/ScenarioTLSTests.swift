import Testing
import WebSocketTransport

@testable import LoadGenerator

@Suite struct ScenarioTLSTests {
    private static func target(_ tls: String) throws -> ScenarioTarget {
        var fixture = ScenarioFixture()
        fixture.target = "{ url: \"wss://127.0.0.1:9001/echo\"\(tls.isEmpty ? "" : ", tls: \(tls)") }"
        return try fixture.read().target
    }

    @Test func `every key is read, and paths are relative to the scenario`() throws {
        let all = try Self.target("{ ca: ca.pem, certificate: /etc/a.pem, key: a.key, server_name: Chat.Example }").tls
        #expect(all.authorities == "scenarios/ca.pem")
        #expect(all.credentials == .init(certificate: "/etc/a.pem", key: "scenarios/a.key"))
        #expect(all.serverName == "chat.example")
        #expect(!all.isInsecure)
        #expect(try Self.target("{ insecure: true }").tls.isInsecure)
        for nothing in ["", "{}", "{ insecure: false }"] { #expect(try Self.target(nothing).tls == ScenarioTLS()) }
    }

    @Test func `the embedded server cannot be reached by TLS`() {
        let fixture = ScenarioFixture(
            target: #"{ url: "wss://127.0.0.1:9001/" }"#, more: "server: { embedded: { echo: {} } }")
        let problems = ScenarioFixture.problems(fixture.text)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("5:11: the embedded server has no certificate for `wss://`") == true)
    }

    @Test func `a threshold may name the time of TLS where there is TLS`() throws {
        var fixture = ScenarioFixture(more: "thresholds: [connect.tls.p99 < 1s]")
        #expect(ScenarioFixture.problems(fixture.text).first?.contains("`target` is not `wss://`") == true)
        fixture.target = #"{ url: "wss://127.0.0.1:9001/" }"#
        #expect(try fixture.read().thresholds.count == 1)
    }

    @Test func `the plan says what is trusted`() throws {
        for (tls, words) in [
            ("", "TLS that trusts the system's authorities"), ("{ insecure: true }", "TLS that trusts any server"),
            (
                "{ ca: ca.pem, certificate: a.pem, key: a.key }",
                "TLS that trusts scenarios/ca.pem, with the certificate scenarios/a.pem"
            ),
        ] {
            let fixture = ScenarioFixture(
                target: "{ url: \"wss://a/\"\(tls.isEmpty ? "" : ", tls: \(tls)") }")
            #expect(PlanText.render(Plan(try fixture.read())).contains(words))
        }
    }

    @Test func `options of the command line read back as the model they mean`() throws {
        var options = ScenarioText.Options(url: "wss://a/")
        options.tls = [
            .init(key: "ca", value: "my ca.pem"), .init(key: "certificate", value: "/c.pem"),
            .init(key: "key", value: "${k}"),
        ]
        let tls = try ScenarioText.scenario(options).target.tls
        #expect(tls.authorities == "my ca.pem")
        #expect(tls.credentials == .init(certificate: "/c.pem", key: "${k}"))
        #expect(try ScenarioReader.read(text: ScenarioText.render(options), file: "saved.yaml").target.tls == tls)
    }
}
