import BenchResults
import Foundation
import TestSupport
import Testing

extension EndToEndTests {
    /// `wsbench`, but for `run`.
    @Suite struct BenchCommandTests {
        @Test(arguments: [
            (["--help"], ["run", "check", "report", "doctor", "--version"]),
            (
                ["run", "--help"],
                [
                    "--connections", "--rate", "--in-flight", "--for", "--ramp", "--size", "--seed", "--html", "--json",
                    "--markdown", "--loops", "--quiet",
                ]
            ),
            (["check", "--help"], ["<file>"]), (["report", "--help"], ["<file>", "--html", "--markdown"]),
            (["doctor", "--help"], ["doctor"]),
        ])
        func `help names every option and ends with 0`(_ arguments: [String], _ names: [String]) async throws {
            let ending = try await Program.run("wsbench", arguments)
            #expect(ending.status == 0)
            #expect(ending.errors.isEmpty)
            for name in names { #expect(ending.output.contains(name), "\(name)") }
            #expect(!ending.output.contains("embedded-server"), "for the tool's own use only")
        }

        @Test(arguments: [
            (["run"], "target"), (["run", "x.yaml", "--rate", "1/s"], "--rate"),
            (["run", "ws://127.0.0.1:1/", "--rate", "1/s", "--in-flight", "1"], "--in-flight"),
            (["run", "x.yaml", "--loops", "0"], "--loops"), (["run", "/nowhere/x.yaml"], "/nowhere/x.yaml"),
            (["check", "/nowhere/x.yaml"], "/nowhere/x.yaml"), (["report", "/nowhere/x.json"], "/nowhere/x.json"),
            (["check"], "file"), (["measure"], "measure"), (["run", "--conections", "5"], "--connections"),
        ])
        func `bad usage is said in one line, and ends with 2`(_ arguments: [String], _ named: String) async throws {
            let ending = try await Program.run("wsbench", arguments)
            #expect(ending.status == 2)
            #expect(ending.errorLines.count == 1, "\(ending.errors)")
            #expect(ending.errors.hasPrefix("wsbench: "))
            #expect(ending.errors.contains(named), "\(ending.errors)")
        }

        @Test func `check prints the plan of a good file`() async throws {
            try await Workplace.with { place in
                try place.write(BenchScenario(port: 9).text, to: "good.yaml")
                let ending = try await Program.run("wsbench", ["check", place.file("good.yaml")])
                #expect(ending.status == 0, "\(ending.errors)")
                #expect(ending.errors.isEmpty)
                #expect(ending.output.contains("steady"))
                #expect(ending.output.contains("needs"))
            }
        }

        @Test func `check names every problem of a bad file with its place`() async throws {
            try await Workplace.with { place in
                try place.write(
                    """
                    wsbench: 1
                    name: bad
                    target: { url: "ws://127.0.0.1:9/" }
                    behaviors: { echo: { send: { text: hi, rate: 2 } } }
                    load: { stages: [{ name: one, connections: 5, over: 1 }] }

                    """, to: "bad.yaml")
                let ending = try await Program.run("wsbench", ["check", place.file("bad.yaml")])
                #expect(ending.status == 2)
                #expect(ending.output.isEmpty)
                #expect(ending.errors.contains("bad.yaml:4:1"), "\(ending.errors)")
                #expect(ending.errors.contains("behaviours"), "\(ending.errors)")
                #expect(ending.errors.contains("bad.yaml:5:"), "\(ending.errors)")
                let run = try await Program.run("wsbench", ["run", place.file("bad.yaml")])
                #expect(run.status == 2)
                #expect(run.errors == ending.errors, "run refuses what check refuses, in the same words")
            }
        }

        @Test func `doctor tells what the machine allows`() async throws {
            let ending = try await Program.run("wsbench", ["doctor"])
            #expect(ending.status == 0)
            for word in ["descriptors", "ports", "cores"] { #expect(ending.output.contains(word)) }
            #expect(!ending.output.contains("\u{1B}"))
        }

        @Test func `a result that is no result is refused with its name`() async throws {
            try await Workplace.with { place in
                try place.write("{ \"version\": 1", to: "cut.json")
                try place.write("{ \"version\": 99 }", to: "later.json")
                for name in ["cut.json", "later.json"] {
                    let ending = try await Program.run("wsbench", ["report", place.file(name)])
                    #expect(ending.status == 2)
                    #expect(ending.errors.contains(name), "\(ending.errors)")
                    #expect(ending.output.isEmpty)
                }
            }
        }
    }
}
