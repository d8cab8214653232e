import BenchResults
import Foundation
import TestSupport
import Testing

extension EndToEndTests {
    /// What `wsbench conformance` makes of results that it wrote earlier.
    @Suite struct ConformanceResultCommandTests {
        @Test(arguments: [
            (["compare", "--help"], ["<before>", "<after>", "--markdown", "regression"]),
            (["report", "--help"], ["<results>", "--output", "--omit-passing-wire"]),
            (["expectations", "--help"], ["update", "DISABLED", "role=server", "WRONG-CODE"]),
            (["expectations", "update", "--help"], ["<results>", "--file", "unreviewed"]),
        ])
        func `help teaches, and ends with 0`(_ arguments: [String], _ words: [String]) async throws {
            let ending = try await Program.run("wsbench", ["conformance"] + arguments)
            #expect(ending.status == 0 && ending.errors.isEmpty)
            for word in words { #expect(ending.output.contains(word), "\(word)") }
        }

        @Test(arguments: [
            (["compare", "/nowhere/a.json", "/nowhere/b.json"], "cannot read /nowhere/a.json"),
            (["report", "/nowhere/a.json", "--output", "x"], "cannot read /nowhere/a.json"),
            (["expectations", "update", "/nowhere/a.json", "--file", "e.txt"], "cannot read /nowhere/a.json"),
            (["compare", "only-one"], "<after>"), (["expectations", "update", "a"], "--file"),
        ])
        func `bad usage is said in one line, and ends with 2`(_ arguments: [String], _ words: String) async throws {
            let ending = try await Program.run("wsbench", ["conformance"] + arguments)
            #expect(ending.status == 2)
            #expect(ending.errorLines.count == 1 && ending.errors.contains(words), "\(ending.errors)")
        }

        @Test func `compare ends with 1 only when something became worse`() async throws {
            try await Workplace.with { place in
                try Self.write(Self.run([("F-001", .pass), ("F-002", .fail)]), to: "before", in: place)
                try Self.write(Self.run([("F-001", .fail), ("F-002", .pass)]), to: "after", in: place)
                let worse = try await Program.run(
                    "wsbench",
                    ["conformance", "compare", "before", "after/results.json", "--markdown", "out/compared.md"],
                    folder: place.path)
                #expect(worse.status == 1, "\(worse.errors)")
                #expect(worse.output.contains("1 regression, 1 fix"))
                #expect(try place.read("out/compared.md").contains("| `F-001` a case | PASS | FAIL | because |"))
                let same = try await Program.run(
                    "wsbench", ["conformance", "compare", "before", "before", "--quiet"], folder: place.path)
                #expect(same.status == 0 && same.output.isEmpty)
            }
        }

        @Test func `report writes every file, for several results side by side`() async throws {
            try await Workplace.with { place in
                try Self.write(Self.run([("F-001", .pass)], agent: "one"), to: "a", in: place)
                try Self.write(Self.run([("F-001", .fail)], agent: "two"), to: "b", in: place)
                let ending = try await Program.run(
                    "wsbench", ["conformance", "report", "a", "b", "--output", "out"], folder: place.path)
                #expect(ending.status == 0, "\(ending.errors)")
                #expect(!ending.output.contains("::error"))
                #expect(try place.isPageWhole())
                let index = try place.read("out/autobahn/index.json")
                #expect(index.contains("\"one\": {") && index.contains("\"reportfile\": \"two_case_f_001.json\""))
                for name in [
                    "results-one.json", "results-two.json", "junit.xml", "summary.md", "badge.json", "badge.svg",
                    "autobahn/one_case_f_001.json",
                ] { #expect(try !place.read("out/\(name)").isEmpty, "\(name)") }
            }
        }

        @Test func `report speaks to GitHub Actions in a step of it`() async throws {
            try await Workplace.with { place in
                try Self.write(Self.run([("F-001", .fail)]), to: "a", in: place)
                try place.write("before\n", to: "outputs")
                let ending = try await Program.run(
                    "wsbench", ["conformance", "report", "a", "--output", "out"],
                    environment: [
                        "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": place.file("summary"),
                        "GITHUB_OUTPUT": place.file("outputs"),
                    ], folder: place.path)
                #expect(ending.output.contains("::error title=F%3A 1 of 1 unexpected (sample)::F-001 FAIL: because\n"))
                #expect(try place.read("summary") == place.read("out/summary.md"))
                #expect(try place.read("outputs").hasPrefix("before\npassed=0\nfailed=1\n"))
            }
        }

        @Test func `expectations update makes the file, and has nothing to change a second time`() async throws {
            try await Workplace.with { place in
                try Self.write(Self.run([("F-001", .fail), ("F-002", .pass)]), to: "a", in: place)
                let arguments = ["conformance", "expectations", "update", "a", "--file", "known.txt"]
                let first = try await Program.run("wsbench", arguments, folder: place.path)
                #expect(first.status == 0 && first.output.contains("1 added or changed"), "\(first.errors)")
                let text = try place.read("known.txt")
                #expect(text.hasSuffix("F-001  FAIL  role=server  # unreviewed: because\n"))
                let second = try await Program.run("wsbench", arguments, folder: place.path)
                #expect(second.output.contains("0 added or changed, 0 dropped or changed"))
                #expect(try place.read("known.txt") == text)
            }
        }

        @Test func `expectations update names every line that it cannot read, and leaves the file alone`() async throws
        {
            try await Workplace.with { place in
                try Self.write(Self.run([("F-001", .fail)]), to: "a", in: place)
                let text = "F-001 FIAL # why\nF-002 FAIL\n"
                try place.write(text, to: "known.txt")
                let ending = try await Program.run(
                    "wsbench", ["conformance", "expectations", "update", "a", "--file", "known.txt"],
                    folder: place.path)
                #expect(ending.status == 2)
                #expect(ending.errors.contains("known.txt:1: `FIAL` is no verdict; did you mean FAIL?"))
                #expect(ending.errors.contains("known.txt:2: there is no reason"))
                #expect(try place.read("known.txt") == text)
            }
        }

        private static func write(_ result: String, to folder: String, in place: Workplace) throws {
            try FileManager.default.createDirectory(
                atPath: place.file(folder), withIntermediateDirectories: true)
            try place.write(result, to: "\(folder)/results.json")
        }

        /// A results.json.
        private static func run(_ cases: [(String, BehaviorGrade)], agent: String = "sample") throws -> String {
            let result = ConformanceResult(
                tool: .init(name: "wsbench", version: "0"),
                subject: .init(
                    role: .server, agent: agent, location: "ws://127.0.0.1:9001/", transport: "tcp",
                    capabilities: []),
                settings: .init(seed: 1, strict: false, timeoutMultiplier: 1, jobs: 16, command: ["wsbench"]),
                started: "2026-11-24T00:00:00Z", duration: 5,
                cases: cases.map { row, behavior in
                    CaseResult(
                        row: row, variant: nil, group: "F", title: "a case", role: .server, level: .must,
                        requirement: "must", source: "RFC 6455 §5.2", tags: [], behavior: behavior, close: nil,
                        explanation: "because", expected: ["something"], observed: ["something else"], duration: 1,
                        isUnexpected: behavior == .fail)
                })
            return String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
        }
    }
}
