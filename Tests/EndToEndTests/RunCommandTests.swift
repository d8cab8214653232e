import BenchResults
import Foundation
import TestSupport
import Testing

extension EndToEndTests {
    @Suite struct RunCommandTests {
        @Test func `a run that keeps its thresholds passes, and its report files are whole`() async throws {
            try await Workplace.with { place in
                var scenario = BenchScenario(port: try freePort())
                scenario.more = "thresholds: [errors.rate == 0%, connections == 5 in steady]"
                let ending = try await place.run(scenario, ["--markdown", "out/short.md"])
                #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
                #expect(ending.output.contains("PASSED"))
                let result = try place.result()
                #expect(result.verdict == .passed)
                #expect(result.target.origin == "embedded")
                #expect(Array(result.command.dropFirst()) == ["run", "scenario.yaml", "--markdown", "out/short.md"])
                #expect(result.stages.last?.values["server.rss"] != nil)
                #expect(try place.isPageWhole())
                #expect(try place.read("out/short.md").contains("end-to-end"))
                #expect(try FileManager.default.contentsOfDirectory(atPath: place.file("out")).count == 3)
            }
        }

        @Test func `a missed threshold ends with 1`() async throws {
            try await Workplace.with { place in
                var scenario = BenchScenario(port: try freePort())
                scenario.more = "thresholds: [rtt.p99 < 1ns]"
                let ending = try await place.run(scenario)
                #expect(ending.status == 1, "\(ending.output)")
                #expect(try place.result().verdict == .failed)
            }
        }

        @Test func `a measurement that the generator spoiled ends with 6`() async throws {
            try await Workplace.with { place in
                var scenario = BenchScenario(port: try freePort())
                scenario.validity = "[generator.cpu < 0.0001%]"
                let ending = try await place.run(scenario)
                #expect(ending.status == 6, "\(ending.output)")
                #expect(try place.result().verdict == .invalid)
                #expect(try place.isPageWhole())
            }
        }

        @Test func `a target that is not there ends with 3, and is reported`() async throws {
            try await Workplace.with { place in
                var scenario = BenchScenario(port: try freePort())
                scenario.server = ""
                scenario.stages = "[{ name: ramp, connections: 5, over: 100ms }, { name: steady, hold: 1h }]"
                let ending = try await place.run(scenario)
                #expect(ending.status == 3, "\(ending.output)")
                #expect(ending.output.contains("refused"))
                #expect(try place.result().verdict == .unreachable)
                #expect(try place.isPageWhole())
            }
        }

        @Test func `a server that does not start ends with 3 and shows its last words`() async throws {
            try await Workplace.with { place in
                var scenario = BenchScenario(port: try freePort())
                scenario.server = "{ start: [sh, -c, \"echo no such table; exit 1\"] }"
                let ending = try await place.run(scenario)
                #expect(ending.status == 3)
                #expect(ending.errors.contains("no such table"), "\(ending.errors)")
            }
        }

        @Test func `a port that another server has ends with 2 before anything is measured`() async throws {
            try await Workplace.with { place in
                try await Program.with("wsserver", ["echo", "--listen", "127.0.0.1:0"]) { other in
                    try await other.saysOnErrors("listening")
                    let port = try #require(other.said.errors.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1)
                    let ending = try await place.run(BenchScenario(port: try #require(UInt16(port))))
                    #expect(ending.status == 2)
                    #expect(ending.errors.contains("already"), "\(ending.errors)")
                    #expect(!FileManager.default.fileExists(atPath: place.file("out")))
                }
            }
        }

        @Test func `a server of one's own is started, waited for, sampled and ended`() async throws {
            try await Workplace.with { place in
                let port = try freePort()
                var scenario = BenchScenario(port: port)
                scenario.server = """
                    { start: [\(Program.folder)/wsserver, echo, --listen, "127.0.0.1:\(port)"],
                      ready: { tcp: "127.0.0.1:\(port)", within: 30s }, sample: { pid: auto, every: 50ms } }
                    """
                let (ending, children) = try await place.whileRunning(scenario) { bench in
                    try await bench.saysOnErrors("connections")
                    return (try await bench.ending(), bench.children)
                }
                #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
                #expect(children.isEmpty)
                let result = try place.result()
                #expect(result.target.origin == "started")
                #expect(result.target.serverCommand?.contains("wsserver echo --listen") == true)
                #expect(result.stages.last?.values["server.rss"] != nil)
                #expect(result.total("messages.received") > 0)
            }
        }

        @Test func `a URL and options run as the scenario that is printed, and check accepts it`() async throws {
            try await Workplace.with { place in
                try await Program.with("wsserver", ["echo", "--listen", "127.0.0.1:0"]) { server in
                    try await server.saysOnErrors("listening")
                    let port = try #require(server.said.errors.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1)
                    let ending = try await Program.run(
                        "wsbench",
                        [
                            "run", "ws://127.0.0.1:\(port)/echo", "--connections", "4", "--in-flight", "2", "--for",
                            "500ms",
                            "--ramp", "100ms", "--size", "1KiB", "--seed", "7", "--json", "run.json",
                        ], folder: place.path)
                    // Whether the generator had a core to itself is not what is tested.
                    #expect([0, 6].contains(ending.status), "\(ending.output)")
                    let printed = ending.output.split(separator: "\n", omittingEmptySubsequences: false)
                        .prefix { !$0.isEmpty }.joined(separator: "\n")
                    let result = try place.result("run.json")
                    #expect(result.scenario.text.hasPrefix(printed))
                    #expect(result.scenario.seed == 7)
                    #expect(result.scenario.loadModel == "closed")
                    #expect(result.total("connections.opened") == 4)
                    #expect(result.total("bytes.payload.in") == result.total("messages.received") * 1_024)
                    try place.write(printed + "\n", to: "printed.yaml")
                    let check = try await Program.run("wsbench", ["check", "printed.yaml"], folder: place.path)
                    #expect(check.status == 0, "\(check.errors)")
                }
            }
        }

        @Test func `the result of a run is read back as it was reported`() async throws {
            try await Workplace.with { place in
                let run = try await place.run(BenchScenario(port: try freePort()))
                #expect(run.status == 0, "\(run.output)\(run.errors)")
                let report = try await Program.run(
                    "wsbench", ["report", "out/run.json", "--html", "again.html", "--markdown", "again.md"],
                    folder: place.path)
                #expect(report.status == 0, "\(report.errors)")
                #expect(report.errors.isEmpty)
                #expect(try place.read("again.html") == place.read("out/report.html"))
                let figures = { (text: String) in text.split(separator: "\n").filter { !$0.contains(".html") } }
                #expect(figures(report.output) == figures(run.output))
            }
        }

        @Test func `a page that cannot be written does not take the figures with it`() async throws {
            try await Workplace.with { place in
                try place.write("a file, not a folder", to: "blocked")
                let ending = try await place.run(
                    BenchScenario(port: try freePort()), ["--html", "blocked/report.html"])
                #expect(ending.status == 2)
                #expect(ending.errors.contains("blocked/report.html"), "\(ending.errors)")
                #expect(ending.output.contains("PASSED"))
                #expect(try place.result().verdict == .passed)
            }
        }

        // MARK: - What is said where

        @Test func `nothing is coloured or redrawn where nothing can show it`() async throws {
            try await Workplace.with { place in
                let ending = try await place.run(BenchScenario(port: try freePort()))
                #expect(!ending.output.contains("\u{1B}"))
                #expect(!ending.errors.contains("\u{1B}"))
                #expect(ending.errors.contains("connections"), "a line now and then tells that it goes on")
            }
        }

        @Test func `colours can be forced, but NO_COLOR wins`() async throws {
            try await Workplace.with { place in
                let run = try await place.run(
                    BenchScenario(port: try freePort()), environment: ["CLICOLOR_FORCE": "1"])
                #expect(run.output.contains("\u{1B}["))
                let report = try await Program.run(
                    "wsbench", ["report", "out/run.json"], environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"],
                    folder: place.path)
                #expect(report.status == 0)
                #expect(!report.output.contains("\u{1B}"))
            }
        }

        @Test func `quiet says nothing, and still writes its files`() async throws {
            try await Workplace.with { place in
                let ending = try await place.run(BenchScenario(port: try freePort()), ["--quiet"])
                #expect(ending.status == 0)
                #expect(ending.output.isEmpty && ending.errors.isEmpty, "\(ending.output)\(ending.errors)")
                #expect(try place.isPageWhole())
            }
        }
    }
}

extension RunResult {
    /// Over all stages, recorded or not.
    func total(_ counter: String) -> UInt64 { stages.reduce(0) { $0 + ($1.counters[counter] ?? 0) } }
}
