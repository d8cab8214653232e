import Testing
import WebSocketTransport

@testable import LoadGenerator

@Suite struct ScenarioTextTests {
    @Test func `the options read back as the model they mean`() throws {
        let options = ScenarioText.Options(
            url: "ws://127.0.0.1:9001/echo?a=1&b=${x}", connections: "1k", drive: .rate("0.5/s"), duration: "10s",
            ramp: "3s",
            size: "2KiB", seed: "7")
        let scenario = try ScenarioText.scenario(options)
        #expect(scenario.target.url.description == "ws://127.0.0.1:9001/echo?a=1&b=$%7Bx%7D")
        #expect(scenario.server.origin == .external)
        #expect(scenario.seed == 7)
        #expect(scenario.behaviours.map(\.name) == ["echo"])
        #expect(scenario.behaviours[0].send?.drive == .open(perSecond: 0.5, process: .even, maximumInFlight: 128))
        #expect(scenario.behaviours[0].expect?.name == "rtt")
        #expect(scenario.payloads.map(\.content) == [.random(bytes: 2_048, compressibility: 0, isText: false)])
        #expect(
            scenario.load.stages.map(\.population) == [
                .ramp(connections: 1_000, over: .seconds(3)), .hold(.seconds(10)),
            ])
        #expect(try ScenarioReader.read(text: ScenarioText.render(options), file: "saved.yaml") == scenario)
    }

    @Test func `a closed loop reads back as one`() throws {
        let scenario = try ScenarioText.scenario(.init(url: "ws://a/", drive: .inFlight("4")))
        #expect(scenario.behaviours[0].send?.drive == .closed(inFlight: 4))
        #expect(scenario.seed == ScenarioReader.defaultSeed)
        #expect(scenario.loadModel == "closed")
    }

    @Test(arguments: [
        (
            ScenarioText.Options(url: "http://a/"),
            "the scheme \"http\" is not one of WebSocket; write for example `ws://127.0.0.1:9001/chat`"
        ),
        (
            .init(url: "ws://a/", duration: "10"),
            "`hold`: `10` has no unit, a duration needs one; write for example `10s`"
        ),
        (
            .init(url: "ws://a/", drive: .rate("5")),
            "`rate`: `5` has no unit, a rate needs one; write for example `5/s`"
        ),
        (
            .init(url: "ws://a/", connections: "2M"),
            "`connections`: `2M` is not possible, it must be between 0 and 1000000"
        ),
        (.init(url: "ws://a/", connections: "0"), "no stage has any connections"),
    ])
    func `impossible options are refused as those of a file`(_ options: ScenarioText.Options, _ message: String) {
        let error = #expect(throws: ScenarioError.self) { try ScenarioText.scenario(options) }
        #expect(error?.problems.map(\.message) == [message])
        #expect(error?.file == "command line")
    }

    @Test(arguments: [
        "ws://a/\nserver: { start: rm }", "x\", y: \"", "a # b", "}\n", "\u{7}ä\u{1F600}", "'", "\\", "$${a}",
    ])
    func `nothing typed can become more than a value`(_ text: String) {
        for options in [
            ScenarioText.Options(url: text), .init(url: "ws://a/", connections: text),
            .init(url: "ws://a/", drive: .rate(text)),
            .init(url: "ws://a/", duration: text), .init(url: "ws://a/", size: text), .init(url: "ws://a/", seed: text),
        ] {
            let problems = DocumentProblems.of(ScenarioText.render(options))
            #expect(problems.isEmpty, "\(problems)")
            let error = #expect(throws: ScenarioError.self) { try ScenarioText.scenario(options) }
            #expect(error?.problems.count == 1, "\(String(describing: error))")
        }
    }

    private enum DocumentProblems {
        /// What is wrong with the text as YAML, whatever it means.
        static func of(_ text: String) -> [String] {
            let problems = ProblemList()
            _ = DocumentReader.read(text, problems: problems)
            return problems.isEmpty ? [] : problems.error(in: "").problems.map(\.message)
        }
    }
}
