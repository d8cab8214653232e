import BenchResults
import Foundation
import TestSupport
import Testing

extension EndToEndTests {
    /// `wsbench conformance server` and `client`: what they make of targets and settings, good and bad.
    @Suite struct ConformanceRunTests {
        private static let reports = [
            "results.json", "report.html", "junit.xml", "summary.md", "badge.json", "badge.svg", "autobahn/index.json",
        ]

        // MARK: - Bad targets

        @Test(arguments: [
            (Answerer.Answer.nothing, "it did not answer an upgrade request"),
            (.once("SSH-2.0-OpenSSH_9.2\r\n"), "what it answered is not HTTP"),
            (.once("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), "it answered HTTP/1.1 404 Not Found"),
            (.endlessly(String(repeating: "a", count: 4096)), "its answer has no end"),
            (.endlessly("HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 500)), "its answer has no end"),
            (
                .endlessly("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "c", count: 4096)),
                "it answered HTTP/1.1 200 OK"
            ),
        ])
        func `a target that is no WebSocket server is one clear line, and ends with 3`(
            _ answer: Answerer.Answer, _ words: String
        ) async throws {
            try await Workplace.with { place in
                try await Answerer.with(answer) { target in
                    let ending = try await Program.run(
                        "wsbench",
                        ["conformance", "server", "ws://127.0.0.1:\(target.port)/", "--timeout-multiplier", "0.3"],
                        folder: place.path)
                    Self.expect(ending, 3, words)
                    #expect(ending.errors.contains("127.0.0.1:\(target.port)"))
                }
            }
        }

        @Test func `a target that nobody listens at is one clear line, and ends with 3`() async throws {
            let port = try freePort()
            let ending = try await Program.run("wsbench", ["conformance", "server", "ws://127.0.0.1:\(port)/"])
            Self.expect(ending, 3, "cannot reach 127.0.0.1:\(port)")
        }

        @Test func `a command that does not start a server is one clear line, and ends with 3`() async throws {
            try await Workplace.with { place in
                let url = "ws://127.0.0.1:\(try freePort())/"
                let ending = try await Program.run(
                    "wsbench", ["conformance", "server", url, "--exec", "sh -c 'exit 7'"], folder: place.path)
                Self.expect(ending, 3, "exit status 7")
            }
        }

        @Test func `a client that never comes ends with 3`() async throws {
            let ending = try await Program.run("wsbench", ["conformance", "client", "--patience", "500ms"])
            #expect(ending.status == 3)
            #expect(ending.errorLines.last?.contains("no client came") == true, "\(ending.errors)")
        }

        // MARK: - Bad usage

        @Test(arguments: [
            (["server", "http://127.0.0.1/"], "http"),
            (["server", "ws://127.0.0.1:1/", "--only", "F-0012"], "no case is called `F-0012`"),
            (["server", "ws://127.0.0.1:1/", "--skip", "Z-*"], "no case is called `Z-*`"),
            (["server", "ws://127.0.0.1:1/", "--level", "most"], "none of must"),
            (["server", "ws://127.0.0.1:1/", "--shard", "3/2"], "3/2"),
            (["server", "ws://127.0.0.1:1/", "--jobs", "0"], "--jobs"),
            (["server", "ws://127.0.0.1:1/", "--capabilities", "none.yaml"], "cannot read none.yaml"),
            (["server", "ws://127.0.0.1:1/", "--capabilities", "broken.yaml"], "broken.yaml:2"),
            (["server", "ws://127.0.0.1:1/", "--expectations", "known.txt"], "known.txt:1: `FIAL` is no verdict"),
            (["server", "ws://127.0.0.1:1/", "--insecure"], "wss://"),
            (["client", "--listen", "nowhere"], "--listen"),
            (["client", "--retry-unexpected", "1"], "--retry-unexpected goes with --exec or --adapter"),
            (["client", "--exec", "a", "--adapter", "b"], "exclude each other"),
        ])
        func `bad usage is one clear line, before anything starts, and ends with 2`(
            _ arguments: [String], _ words: String
        ) async throws {
            try await Workplace.with { place in
                try place.write("paths:\n  lmit: /limit\n", to: "broken.yaml")
                try place.write("F-001 FIAL # why\n", to: "known.txt")
                let ending = try await Program.run("wsbench", ["conformance"] + arguments, folder: place.path)
                Self.expect(ending, 2, words)
                #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).count == 2)
            }
        }

        @Test(arguments: [
            ["--only", "F-001", "--skip", "F-*"], ["--only", "F-001", "--level", "rob"], ["--only", "H-200"],
            ["--only", "F-001#text-0", "--shard", "2/2"],
        ])
        func `a selection that matches nothing ends with 5`(_ arguments: [String]) async throws {
            let ending = try await Program.run("wsbench", ["conformance", "server", "ws://127.0.0.1:1/"] + arguments)
            Self.expect(ending, 5, "the selection matches no case")
        }

        // MARK: - Lists

        @Test(arguments: [
            (["--list", "--only", "F-001#text-0"], "server/F/F-001#text-0\tMUST", 2),
            (["server", "ws://127.0.0.1:1/", "--list", "--only", "F-001#text-0"], "server/F/F-001#text-0\tMUST", 1),
            (["client", "--only", "F-001#text-0", "--list"], "client/F/F-001#text-0\tMUST", 1),
            (["--list", "--coverage"], "100", 0),
        ])
        func `a list shows the chosen cases, and runs none`(
            _ arguments: [String], _ words: String, _ count: Int
        ) async throws {
            let ending = try await Program.run("wsbench", ["conformance"] + arguments)
            #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending.errors)")
            #expect(ending.output.contains(words), "\(ending.output)")
            if count > 0 { #expect(ending.output.split(separator: "\n").count == count) }
        }

        @Test(arguments: [[], ["--help"]])
        func `without more, help teaches`(_ arguments: [String]) async throws {
            let ending = try await Program.run("wsbench", ["conformance"] + arguments)
            #expect(ending.status == 0 && ending.errors.isEmpty)
            for words in ["Exit codes:", "--list --coverage", "server", "client", "compare", "expectations", "report"] {
                #expect(ending.output.contains(words), "\(words)")
            }
        }

        // MARK: - Runs

        @Test func `a server that is started for the run passes, and every report is there`() async throws {
            try await Workplace.with { place in
                let ending = try await Self.run(place, try freePort(), ["--only", "F-001", "C-00*", "--strict"])
                #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
                #expect(ending.output.contains("0 failed"))
                let result = try Self.result(place)
                #expect(result.interruption == nil && result.selection == "--only F-001 C-00*")
                #expect(result.cases.allSatisfy { !$0.isUnexpected } && result.cases.count > 20)
                for name in Self.reports { #expect(try !place.read("conformance-report/\(name)").isEmpty, "\(name)") }
                #expect(try place.isPageWhole("conformance-report/report.html"))
            }
        }

        @Test func `what is unexpected ends with 1`() async throws {
            try await Workplace.with { place in
                try place.write("F-001 FAIL # it passes\n", to: "known.txt")
                let arguments = ["--only", "F-001", "--expectations", "known.txt"]
                let port = try freePort()
                #expect(try await Self.run(place, port, arguments).status == 0)
                let ending = try await Self.run(place, port, arguments + ["--fail-on-unexpected-pass"])
                #expect(ending.status == 1)
                #expect(ending.output.contains("known.txt:1"), "\(ending.output)")
            }
        }

        @Test(
            arguments: [
                (SIGINT, 130, "interrupted by SIGINT"), (SIGTERM, 143, "terminated by SIGTERM"),
                (nil, 124, "time budget"),
            ] as [(Int32?, Int32, String)])
        func `a run that is ended early writes what it has`(
            _ signal: Int32?, _ status: Int32, _ words: String
        ) async throws {
            try await Workplace.with { place in
                let more = ["--only", "F-001", "--repeat", "1000"] + (signal == nil ? ["--time-budget", "2s"] : [])
                let arguments = Self.arguments(try freePort(), more)
                try await Program.with("wsbench", arguments, folder: place.path) { bench in
                    try await bench.saysOnErrors("cases, seed")
                    let server = try #require(bench.children.first)
                    if let signal { bench.signal(signal) }
                    let ending = try await bench.ending()
                    #expect(ending.status == status, "\(ending.errors)")
                    let reason = try Self.result(place).interruption
                    #expect(reason?.contains(words) == true, "\(reason ?? "none")")
                    for name in Self.reports { #expect(try !place.read("conformance-report/\(name)").isEmpty) }
                    #expect(try place.isPageWhole("conformance-report/report.html"))
                    try await waitForEnd(ofProcess: server)
                }
            }
        }

        @Test func `a server that dies and does not come back ends with 3, and the reports are whole`() async throws {
            try await Workplace.with { place in
                let port = try freePort()
                let server = "\(Program.folder)/wsserver echo --listen 127.0.0.1:\(port)"
                try place.write("test -e started && exit 9; touch started; exec \(server)\n", to: "server.sh")
                let arguments = [
                    "conformance", "server", "ws://127.0.0.1:\(port)/echo", "--exec", "sh server.sh", "--only", "F-001",
                    "--repeat", "1000",
                ]
                try await Program.with("wsbench", arguments, folder: place.path) { bench in
                    try await bench.saysOnErrors("cases, seed")
                    kill(try #require(bench.children.first), SIGKILL)
                    let ending = try await bench.ending()
                    #expect(ending.status == 3, "\(ending.errors)")
                    #expect(ending.errorLines.last?.contains("exit status 9") == true, "\(ending.errors)")
                    #expect(try Self.result(place).interruption?.contains("exit status 9") == true)
                    #expect(try place.isPageWhole("conformance-report/report.html"))
                }
            }
        }

        private static func load(_ port: UInt16, hold: String) -> String {
            """
            wsbench: 1
            name: background
            target: { url: "ws://127.0.0.1:\(port)/echo" }
            behaviours: { idle: { ping: { every: 1s, within: 20s, as: ping } } }
            load: { stages: [{ name: ramp, connections: 50, over: 200ms }, { name: steady, hold: \(hold) }] }

            """
        }

        @Test func `a suite under load waits for the load, ends no server, and ends the load`() async throws {
            try await Workplace.with { place in
                let port = try freePort()
                try place.write(Self.load(port, hold: "1h"), to: "load.yaml")
                let ending = try await Self.run(place, port, ["--under-load", "load.yaml", "--only", "F-001", "C-041"])
                #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
                #expect(ending.errors.contains("50 connections stand\n"))
                #expect(ending.errors.contains("the load ended with 0 errors"))
                let result = try Self.result(place)
                #expect(result.cases.first { $0.row == "C-041" }?.behavior == .skipped)
                #expect(result.cases.filter { $0.row == "F-001" }.allSatisfy { $0.behavior == .pass })
            }
        }

        @Test func `a load that ends before the suite makes the run invalid, and what was found is kept`() async throws
        {
            try await Workplace.with { place in
                let port = try freePort()
                try place.write(Self.load(port, hold: "1s"), to: "load.yaml")
                let more = ["--under-load", "load.yaml", "--only", "F-001", "--repeat", "20"]
                let ending = try await Self.run(place, port, more)
                #expect(ending.status == 6, "\(ending.output)\(ending.errors)")
                #expect(ending.errorLines.last?.contains("the load ended before the suite did") == true)
                #expect(try Self.result(place).cases.contains { $0.behavior == .pass })
                #expect(try place.isPageWhole("conformance-report/report.html"))
            }
        }

        @Test func `a harness is started, and asked for every case as often as it is to run`() async throws {
            try await Workplace.with { place in
                let client = "\(Program.folder)/AutobahnClient --url {url} --agent ours"
                let ending = try await Program.run(
                    "wsbench",
                    ["conformance", "client", "--exec", client, "--only", "F-001#text-0", "C-001", "--repeat", "3"],
                    folder: place.path)
                #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
                // Three cases, three times each.
                #expect(ending.errors.contains("9/9 cases\n"), "\(ending.errors)")
                let result = try Self.result(place)
                #expect(result.subject.agent == "ours" && result.interruption == nil)
                #expect(result.cases.map(\.behavior) == [.pass, .pass, .pass])
            }
        }

        @Test func `a harness is started again for what is unexpected, and asked for nothing else`() async throws {
            try await Workplace.with { place in
                try place.write("F-001#text-0 FAIL # it passes, whenever it is tried\n", to: "known.txt")
                let client = "\(Program.folder)/AutobahnClient --url {url} --agent ours"
                let ending = try await Program.run(
                    "wsbench",
                    [
                        "conformance", "client", "--exec", client, "--only", "F-001#text-0", "F-001#text-1",
                        "--expectations", "known.txt", "--retry-unexpected", "2",
                    ],
                    folder: place.path)
                #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
                let result = try Self.result(place)
                #expect(result.interruption == nil)
                #expect(result.cases.map(\.earlierAttempts) == [[.pass, .pass], []])
            }
        }

        // MARK: -

        private static func arguments(_ port: UInt16, _ more: [String]) -> [String] {
            let server = "\(Program.folder)/wsserver echo --listen 127.0.0.1:\(port)"
            return ["conformance", "server", "ws://127.0.0.1:\(port)/echo", "--exec", server] + more
        }

        private static func run(_ place: Workplace, _ port: UInt16, _ more: [String]) async throws -> Program.Ending {
            try await Program.run("wsbench", arguments(port, more), folder: place.path)
        }

        private static func result(_ place: Workplace) throws -> ConformanceResult {
            try JSONDecoder().decode(
                ConformanceResult.self, from: Data(place.read("conformance-report/results.json").utf8))
        }

        private static func expect(_ ending: Program.Ending, _ status: Int32, _ words: String) {
            #expect(ending.status == status, "\(ending.errors)")
            #expect(ending.errorLines.count == 1 && ending.errors.contains(words), "\(ending.errors)")
        }
    }
}
