import BenchReports
import BenchResults
import Testing

@Suite struct `the verdict in words` {
    @Test(
        arguments: [
            (.passed, "Passed", "All 3 thresholds were met."),
            (
                .failed, "Failed",
                "2 of 3 thresholds were missed, the first of them: rtt.p99 < 25ms in surge, measured 61.2 ms."
            ),
            (
                .invalid, "Invalid measurement",
                "The load generator was the bottleneck (generator.lag.p99 < 1ms, measured 24.1 ms; generator.cpu < 85%, "
                    + "measured 97.0 %). The figures below say nothing about the server."
            ),
            (
                .interrupted, "Interrupted",
                "The run was stopped after 3.3 s. What was measured until then is kept; it is not a verdict on the server."
            ),
            (
                .unreachable, "Target unreachable",
                "The server at ws://127.0.0.1:9009/echo could not be reached: connect to 127.0.0.1:9009: connection "
                    + "refused (ECONNREFUSED)."
            ),
            (.idle, "Passed", "Its one threshold was met: server.rss.per_connection < 12KiB, measured 2.26 KiB."),
            (.long, "Passed", "The run completed. The scenario sets no thresholds, so nothing was judged."),
            (.stalled, "Failed", "A threshold was missed: rtt.p99 < 25ms in steady, measured 903 ms."),
        ] as [(Sample, String, String)])
    func `says why`(_ sample: Sample, _ headline: String, _ reason: String) {
        let story = VerdictStory(sample.run())
        #expect(story.headline == headline)
        #expect(story.reason == reason)
    }

    @Test func `a server that died later is not called unreachable alone`() {
        var run = Sample.passed.run()
        run.verdict = .unreachable
        #expect(
            VerdictStory(run).reason
                == "The server at ws://127.0.0.1:9001/echo could not be reached, or died during the run.")
    }
}

@Suite struct `trust in the generator` {
    private func trust(_ change: (inout RunResult) -> Void) -> GeneratorTrust {
        var run = Sample.passed.run()
        change(&run)
        return GeneratorTrust(run, RunOverview(run))
    }

    @Test func `is there when its conditions were met`() {
        let trust = trust { _ in }
        #expect(trust.tone == .good)
        #expect(
            trust.sentence.hasPrefix(
                "The measurement can be trusted: the generator used 21.0 % of its CPU at most and wrote 99 %"))
    }

    @Test func `is gone when one was missed`() {
        let trust = trust { $0.validity[1].passed = false }
        #expect(trust.tone == .bad)
        #expect(trust.sentence.contains("generator.cpu < 85% was missed with 21.0 %"))
    }

    @Test func `is doubtful when nobody judged a busy generator`() {
        #expect(trust { $0.validity = [] }.tone == .good)
        let busy = trust { run in
            run.validity = []
            for index in run.stages.indices { run.stages[index].values["generator.cpu"] = 0.86 }
        }
        #expect(busy.tone == .doubtful)
    }

    @Test func `is doubtful when nothing is known`() {
        let trust = trust { run in
            run.validity = []
            for index in run.stages.indices {
                run.stages[index].values["generator.cpu"] = nil
                run.stages[index].latencies["generator.lag"] = nil
            }
        }
        #expect(trust.tone == .doubtful)
    }
}

@Suite struct `coordinated omission` {
    private static let ms: UInt64 = 1_000_000

    private func find(planned: UInt64, actual: UInt64, late: UInt64 = 0, lag: UInt64 = 1000) -> CoordinatedOmission? {
        var run = Sample.unreachable.run()
        run.stages = [
            .init(
                name: "steady", start: 0, end: 1, recorded: true, counters: ["messages.late": late],
                latencies: ["api": one(planned), "api.actual": one(actual), "generator.lag": one(lag)])
        ]
        return CoordinatedOmission.find(in: RunOverview(run))
    }

    private func one(_ value: UInt64) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        histogram.record(value)
        return histogram
    }

    @Test(
        arguments: [
            (22, 11, false), (23, 11, true), (11, 1, false), (12, 1, true), (900, 2, true), (500, 300, false),
            (2, 900, false), (20, 9, true),
        ] as [(UInt64, UInt64, Bool)])
    func `is told from twice and 10 ms on`(_ planned: UInt64, _ actual: UInt64, _ found: Bool) {
        #expect((find(planned: planned * Self.ms, actual: actual * Self.ms) != nil) == found)
    }

    @Test func `names what held messages back`() throws {
        let gap = try #require(find(planned: 900 * Self.ms, actual: 2 * Self.ms, late: 4940))
        #expect(gap.explanation.contains("4,940 messages that were due were held back"))
        #expect(gap.explanation.contains("is what users feel"))
        #expect(gap.latency == "api" && gap.stage == nil)
    }

    @Test func `is not charged to the server when the generator was late itself`() throws {
        let gap = try #require(find(planned: 900 * Self.ms, actual: 2 * Self.ms, lag: 600 * Self.ms))
        #expect(gap.explanation.contains("the generator itself wrote messages late"))
        #expect(!gap.explanation.contains("what users feel"))
    }

    @Test func `in one stage only is found there`() throws {
        var run = Sample.unreachable.run()
        var calm = LatencyHistogram()
        for _ in 0..<1000 { calm.record(Self.ms) }
        run.stages = [
            .init(name: "calm", start: 0, end: 1, recorded: true, latencies: ["rtt": calm, "rtt.actual": calm]),
            .init(
                name: "stall", start: 1, end: 2, recorded: true,
                latencies: ["rtt": one(900 * Self.ms), "rtt.actual": one(Self.ms)]),
        ]
        let gap = try #require(CoordinatedOmission.find(in: RunOverview(run)))
        #expect(gap.stage == "stall")
        #expect(gap.explanation.hasPrefix("In stage stall, 99 % of the `rtt` answers"))
    }
}

@Suite struct `what a run is described by` {
    @Test(
        arguments: [
            (0, "1970-01-01 00:00:00 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_772_373_909, "2026-03-01 14:05:09 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"), (253_402_300_799, "9999-12-31 23:59:59 UTC"),
            (253_402_300_800, "–"),
            (-1, "–"), (.nan, "–"), (.infinity, "–"),
        ] as [(Double, String)])
    func `its date`(_ seconds: Double, _ text: String) {
        #expect(RunDescription.date(seconds) == text)
    }

    @Test(
        arguments: [
            (["wsbench", "run", "a/b.yaml"], "wsbench run a/b.yaml"), (["a b", ""], "'a b' ''"),
            (["it's"], #"'it'\''s'"#),
            (["$HOME;rm", "*"], "'$HOME;rm' '*'"), (["--rate=1/s", "é"], "--rate=1/s 'é'"), ([], ""),
        ] as [([String], String)])
    func `its command, as a shell reads it`(_ arguments: [String], _ text: String) {
        #expect(RunDescription.command(arguments) == text)
    }

    @Test(arguments: ["open", "closed", "mixed", "idle"]) func `its load model in a sentence`(_ model: String) {
        #expect(RunDescription.loadModel(model).hasSuffix("."))
    }

    @Test(arguments: Sample.allCases) func `its eight figures, each with a value or a dash`(_ sample: Sample) {
        let run = sample.run()
        let figures = KeyFigure.figures(of: run, RunOverview(run))
        #expect(figures.count == 8)
        #expect(figures.allSatisfy { !$0.value.isEmpty && !$0.note.isEmpty })
    }

    @Test func `why a figure of the server is missing`() {
        let note = { (run: RunResult) in KeyFigure.figures(of: run, RunOverview(run)).suffix(2).map(\.note) }
        #expect(note(Sample.unsampled.run()) == ["the server was not sampled", "the server was not sampled"])
        var idle = Sample.passed.run()
        for index in idle.stages.indices {
            idle.stages[index].values["server.cpu.per_message"] = nil
            idle.stages[index].values["server.rss.per_connection"] = nil
        }
        #expect(note(idle) == ["too few connections were opened", "there were no messages"])
    }

    @Test func `the ping's figures where only pings were measured`() {
        let run = Sample.idle.run()
        #expect(KeyFigure.figures(of: run, RunOverview(run)).map(\.label).contains("ping p99"))
    }
}
