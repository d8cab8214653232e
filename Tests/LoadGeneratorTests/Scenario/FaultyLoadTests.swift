import Testing

@testable import LoadGenerator

/// Scenarios with faults, and everything a reader says about them: line, column and sentence.
///
/// A row is put into ``ScenarioFixture``, whose `target` stands in line 2, `behaviours` in 3, `load` in 4; further keys
/// begin in line 5.
@Suite struct FaultyLoadTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let problems: [String]
        var testDescription: String { text }

        init(_ text: String, _ problems: String...) {
            self.text = text
            self.problems = problems
        }
    }

    @Test(arguments: [
        Row(
            "{}", "4:7: `load` needs `stages`; write for example `stages: [{ name: ramp, connections: 1k, over: 10s }]`"
        ),
        Row(
            "{ stages: [] }",
            "4:17: `stages` is empty; write for example `[{ name: ramp, connections: 1k, over: 10s }]`"),
        Row(
            "{ stages: {} }",
            "4:17: `stages` is a list, not a mapping; write for example `stages: [{ name: ramp, connections: 1k, over: 10s }]`"
        ),
        Row(
            "{ stages: [{ name: a, hold: 5s }] }",
            "4:18: the first stage holds a population that nothing has brought; begin with for example `{ name: ramp, connections: 1k, over: 10s }`"
        ),
        Row("{ stages: [{ name: a, connections: 0, over: 1s }] }", "4:17: no stage has any connections"),
        Row(
            "{ stages: [{ connections: 1, over: 1s }] }", "4:18: a stage needs `name`; write for example `name: steady`"
        ),
        Row(
            "{ stages: [{ name: a, connections: 1 }] }",
            "4:18: a stage with `connections` needs `over`; write for example `over: 10s`"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 10 }] }",
            "4:51: `over`: `10` has no unit, a duration needs one; write for example `10s`"),
        Row(
            "{ stages: [{ name: a, conections: 1, over: 1s }] }",
            "4:29: unknown key `conections`; did you mean `connections`?"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 1s }, { name: a, hold: 1s }] }",
            "4:65: there are two stages named `a`"),
        Row(
            "{ stages: [{ name: a, connections: 1, hold: 1s }] }",
            "4:45: a stage either moves to `connections` or holds them; make two stages of it"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 1s }, { name: b, hold: 1s, over: 1s }] }",
            "4:78: `over` goes with `connections`; `hold` has its own time"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 1s }, { name: b, hold: 0s }] }",
            "4:74: `hold`: `0s` is not possible, it must be between 1ns and 24h"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 1s }, { name: b, hold: 25h }] }",
            "4:74: `hold`: `25h` is not possible, it must be between 1ns and 24h"),
        Row(
            "{ stages: [{ name: a, connections: 1.5, over: 1s }] }", "4:42: `connections`: `1.5` is not a whole number"),
        Row(
            "{ stages: [{ name: a, connections: 2M, over: 1s }] }",
            "4:42: `connections`: `2M` is not possible, it must be between 0 and 1000000"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 1s, record: no }] }",
            "4:63: `record` is `true` or `false`, not `no`"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 1s, record: false }] }",
            "4:17: no stage is recorded, so the run would have no result"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 1s, messages: 4 }] }",
            "4:65: `messages`: `4` is not a multiplier; write for example `x4`"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 1s, messages: x4000 }] }",
            "4:65: `messages`: `x4000` is not possible, it must be between x0 and x1000"),
        Row(
            "{ stages: [{ name: a, connections: 1, over: 1s }, { name: b, drop: { share: 5% } }] }",
            "4:68: this version does not have `drop` yet"),
        Row("{ stages: [{ name: a, search: {} }] }", "4:29: this version does not have `search` yet"),
        Row(
            "{ stages: [{ name: a b, connections: 1, over: 1s }] }",
            "4:26: `a b` is not a name; names begin with a letter and go on with letters, digits, `-` and `_`"),
        Row(
            "{ mix: { ecko: 1 }, stages: [{ name: a, connections: 1, over: 1s }] }",
            "4:16: unknown behaviour `ecko`; did you mean `echo`?"),
        Row(
            "{ mix: { echo: 0 }, stages: [{ name: a, connections: 1, over: 1s }] }",
            "4:22: `echo`: `0` is not possible, it must be between 1 and 1000000"),
        Row(
            "{ mix: {}, stages: [{ name: a, connections: 1, over: 1s }] }",
            "4:14: `mix` is empty; write for example `{ echo: 3, idle: 1 }`"),
        Row(
            "{ connect: { timeout: 10, max_pending: 0 }, stages: [{ name: a, connections: 1, over: 1s }] }",
            "4:29: `timeout`: `10` has no unit, a duration needs one; write for example `10s`",
            "4:46: `max_pending`: `0` is not possible, it must be between 1 and 1000000"),
    ])
    func `faults in load are found`(_ row: Row) {
        var fixture = ScenarioFixture()
        fixture.load = row.text
        #expect(ScenarioFixture.problems(fixture.text) == row.problems)
    }

    @Test(arguments: [
        Row(
            "thresholds: rtt.p99 < 25ms",
            "5:13: `thresholds` is a list, not a single value; write for example `thresholds: [rtt.p99 < 25ms in steady]`"
        ),
        Row("thresholds:\n  - rtt.p99 < 25ms in staedy", "6:23: there is no stage `staedy`; did you mean `steady`?"),
        Row(
            "thresholds:\n  - 'rtt.p99 < 25'",
            "6:16: `rtt.p99` is a duration: `25` has no unit, a duration needs one; write for example `25s`"),
        Row(
            "thresholds: [rtt.p99 < 25ms in ramp, steady]",
            "5:38: `steady` is a stage, not a threshold; put the threshold with its commas in quotes"),
        Row(
            "thresholds:\n  - { that: server.rss < 1MiB }",
            "6:13: `server.rss` is not measured here: `server` has no `sample`"),
        Row(
            "thresholds:\n  - { after: 5s }",
            "6:5: a threshold needs `that`; write for example `that: errors.rate < 0.1%`",
            "6:7: `after` says when aborting may begin; it needs `abort: true`"),
        Row(
            "thresholds:\n  - { that: errors.rate < 1%, after: 5s }",
            "6:31: `after` says when aborting may begin; it needs `abort: true`"),
        Row("thresholds:\n  - { that: errors.rate < 1%, abort: yes }", "6:38: `abort` is `true` or `false`, not `yes`"),
        Row("thresholds:\n  - rtt.p99 <= baseline * 1.1", "6:16: this version does not have `baseline` yet"),
        Row("thresholds:\n  - fanout.p99 < 5ms", "6:5: this version does not have the metric `fanout.p99` yet"),
        Row(
            "thresholds:\n  - ping.p99 < 5ms",
            "6:5: `ping.p99` is not measured here: no behaviour of the mix records anything as `ping`"),
        Row(
            "valid_if:\n  - generator.cpu < 85",
            "6:21: `generator.cpu` is a percentage: `85` has no unit, a percentage needs one; write for example `85%`"),
        Row("valid_if:\n  - >\n    rrt.p99 < 5ms", "6:5: unknown metric `rrt.p99`; did you mean `rtt.p99`?"),
        Row(
            "server: { start: a, sample: { of: [cpu] } }\nthresholds:\n  - server.rss < 1MiB",
            "7:5: `server.rss` is not measured here: `of` in `server.sample` lacks `rss`"),
    ])
    func `faults in thresholds and conditions are found`(_ row: Row) {
        var fixture = ScenarioFixture()
        fixture.more = row.text
        #expect(ScenarioFixture.problems(fixture.text) == row.problems)
    }
}
