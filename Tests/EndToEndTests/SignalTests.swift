import BenchResults
import Foundation
import TestSupport
import Testing

extension EndToEndTests {
    @Suite struct SignalTests {
        private static func endless() throws -> BenchScenario {
            var scenario = BenchScenario(port: try freePort())
            scenario.stages = "[{ name: ramp, connections: 5, over: 100ms }, { name: steady, hold: 1h }]"
            return scenario
        }

        /// Waits until the load runs, and gives the server's process.
        private static func server(of bench: Program) async throws -> Int32 {
            try await bench.saysOnErrors("connections")
            return try #require(bench.children.first, "the server runs while the load does")
        }

        @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
        func `a signal ends the run, which still reports what it has, and its server`(
            _ signal: Int32, _ status: Int32
        ) async throws {
            try await Workplace.with { place in
                try await place.whileRunning(Self.endless()) { bench in
                    let server = try await Self.server(of: bench)
                    bench.signal(signal)
                    let ending = try await bench.ending()
                    #expect(ending.status == status, "\(ending.output)\(ending.errors)")
                    #expect(ending.output.contains("INTERRUPTED"))
                    let result = try place.result()
                    #expect(result.verdict == .interrupted)
                    #expect(result.total("connections.opened") > 0)
                    #expect(try place.isPageWhole())
                    #expect(try place.read("out/report.html").localizedCaseInsensitiveContains("interrupted"))
                    try await waitForEnd(ofProcess: server)
                }
            }
        }

        @Test func `a signal while the server is waited for ends that too`() async throws {
            try await Workplace.with { place in
                var scenario = try Self.endless()
                scenario.server = "{ start: [sh, -c, \"echo $$ > pid; exec sleep 1000\"], ready: { within: 1h } }"
                try await place.whileRunning(scenario) { bench in
                    let server = try await Self.pid(writtenTo: "pid", in: place)
                    bench.signal(SIGINT)
                    let ending = try await bench.ending()
                    #expect(ending.status == 130, "\(ending.output)\(ending.errors)")
                    #expect(try place.result().verdict == .interrupted)
                    try await waitForEnd(ofProcess: server)
                }
            }
        }

        @Test func `the second signal ends everything at once`() async throws {
            try await Workplace.with { place in
                var scenario = try Self.endless()
                // A server that does not end when it is asked to: the first signal alone would take ten seconds.
                scenario.server = """
                    { start: [sh, -c, "trap 'echo yes > asked' TERM; echo $$ > pid; while :; do sleep 0.1; done"],
                      ready: none }
                    """
                try await place.whileRunning(scenario) { bench in
                    let server = try await Self.pid(writtenTo: "pid", in: place)
                    bench.signal(SIGINT)
                    try await bounded("the server to be asked to end") {
                        while !FileManager.default.fileExists(atPath: place.file("asked")) { await Task.yield() }
                    }
                    bench.signal(SIGINT)
                    let ending = try await bench.ending()
                    #expect(ending.status == 130)
                    try await waitForEnd(ofProcess: server)
                }
            }
        }

        /// Waits until a server has written its id into a file.
        private static func pid(writtenTo name: String, in place: Workplace) async throws -> Int32 {
            try await bounded("the server's id") {
                while true {
                    if let pid = try? Int32(place.read(name).dropLast()) { return pid }
                    await Task.yield()
                }
            }
        }

        @Test func `the embedded server does not outlive a run that is killed`() async throws {
            try await Workplace.with { place in
                try await place.whileRunning(Self.endless()) { bench in
                    let server = try await Self.server(of: bench)
                    bench.signal(SIGKILL)
                    let ending = try await bench.ending()
                    #expect(ending.status == 128 + SIGKILL)
                    try await waitForEnd(ofProcess: server)
                }
            }
        }

        @Test func `the embedded server does not outlive a run that has ended`() async throws {
            try await Workplace.with { place in
                var scenario = BenchScenario(port: try freePort())
                scenario.stages = "[{ name: ramp, connections: 5, over: 100ms }, { name: steady, hold: 1s }]"
                try await place.whileRunning(scenario) { bench in
                    let server = try await Self.server(of: bench)
                    #expect(try await bench.ending().status == 0)
                    #expect(kill(server, 0) != 0, "it was ended and waited for before the run was over")
                }
            }
        }
    }
}
