import Testing

@testable import LoadGenerator

/// Scenarios with faults, and everything a reader says about them: line, column and sentence.
///
/// A row is put into ``ScenarioFixture``, whose `target` stands in line 2, `behaviours` in 3, `load` in 4; further keys
/// begin in line 5.
@Suite struct FaultyBehaviourTests {
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
            "payloads: { a: {} }",
            "5:16: the payload `a` needs one of `text`, `random` and `ndjson`; write for example `random: 512B`"),
        Row(
            "payloads: { a: { text: x, random: 5B } }",
            "5:16: the payload `a` has `text`, `random`, but it can be only one of them"),
        Row(
            "payloads: { a: { random: 512 } }",
            "5:26: `random`: `512` has no unit, a size needs one; write for example `512B`"),
        Row(
            "payloads: { a: { random: 65MiB } }",
            "5:26: `random`: `65MiB` is not possible, it must be between 0 B and 64 MiB"),
        Row("payloads: { a: { random: 0.5B } }", "5:26: `random`: `0.5B` is not a whole number of bytes"),
        Row(
            "payloads: { a: { random: 5B, compressibility: 1.5 } }",
            "5:47: `compressibility`: `1.5` is not a number between 0 and 1; write for example `0.7`"),
        Row(
            "payloads: { a: { random: 5B, compressibility: 70% } }",
            "5:47: `compressibility`: `70%` is not a number between 0 and 1; write for example `0.7`"),
        Row("payloads: { a: { random: 5B, type: txt } }", "5:36: `txt` is no value of `type`; did you mean `text`?"),
        Row("payloads: { a: { text: x, type: text } }", "5:27: `type` only goes with `random`"),
        Row(
            "payloads: { a: { ndjson: x, pick: first } }",
            "5:35: `first` is no value of `pick`; it is one of `random`, `sequential`"),
        Row(
            "payloads: { a: { random: { median: 5B } } }",
            "5:26: this version does not have sizes that vary yet; write for example `random: 512B`"),
        Row("payloads: { a: { random: 5B, fragment: 1B } }", "5:30: this version does not have `fragment` yet"),
        Row(
            #"payloads: { "a b": { text: x } }"#,
            "5:13: `a b` is not a name; names begin with a letter and go on with letters, digits, `-` and `_`"),
        Row(
            "payloads: [a]",
            #"5:11: `payloads` is a mapping, not a list; write for example `payloads: { hello: { text: "hello" } }`"#),
        Row("payloads: { a: { random: 5B }, a: { random: 6B } }", "5:13: the key `a` appears twice"),
    ])
    func `faults in payloads are found`(_ row: Row) {
        var fixture = ScenarioFixture()
        fixture.more = row.text
        #expect(ScenarioFixture.problems(fixture.text) == row.problems)
    }

    @Test(arguments: [
        Row("{}", "3:13: `behaviours` is empty; write for example `idle: {}`"),
        Row("[]", "3:13: `behaviours` is a mapping, not a list; write for example `behaviours: { idle: {} }`"),
        Row(
            "{ 1a: {} }",
            "3:15: `1a` is not a name; names begin with a letter and go on with letters, digits, `-` and `_`"),
        Row("{ a: { sned: {} } }", "3:20: unknown key `sned`; did you mean `send`?"),
        Row(
            "{ a: { on_open: [], publish: {}, receive: {}, read: {}, like: b, may_close: [] } }",
            "3:20: this version does not have `on_open` yet", "3:33: this version does not have `publish` yet",
            "3:46: this version does not have `receive` yet", "3:59: this version does not have `read` yet",
            "3:69: this version does not have `like` yet", "3:78: this version does not have `may_close` yet"),
        Row("{ a: }", "3:18: the behaviour `a` is a mapping with the keys `send`, `expect`, `ping`, not nothing"),
        Row(
            "{ a: { send: {} } }", #"3:26: `send` needs `payload` or `text`; write for example `text: "hello"`"#,
            "3:26: `send` needs `rate` or `closed`; write for example `rate: 2/s` or `closed: { in_flight: 1 }`"),
        Row(
            "{ a: { send: { text: x } } }",
            "3:26: `send` needs `rate` or `closed`; write for example `rate: 2/s` or `closed: { in_flight: 1 }`"),
        Row(
            "{ a: { send: { text: x, rate: 5 } } }",
            "3:43: `rate`: `5` has no unit, a rate needs one; write for example `5/s`"),
        Row(
            "{ a: { send: { text: x, rate: 0/s } } }",
            "3:43: `rate`: `0/s` is not possible, it must be more than 0/s and at most 1M/s"),
        Row(
            "{ a: { send: { text: x, rate: 5/s, arrivals: poison } } }",
            "3:58: `poison` is no value of `arrivals`; did you mean `poisson`?"),
        Row(
            "{ a: { send: { text: x, rate: 5/s, arrivals: bursty } } }",
            "3:58: `bursty` is no value of `arrivals`; it is one of `even`, `poisson`"),
        Row("{ a: { send: { payload: x, rate: 5/s } } }", "3:37: unknown payload `x`; there is none"),
        Row(
            "{ a: { send: { text: x, payload: y, rate: 5/s } } }",
            "3:28: `send` has both `payload` and `text`; it sends only one of them"),
        Row(
            "{ a: { send: { text: x, rate: 5/s, max_in_flight: 1 } } }",
            "3:48: `max_in_flight` needs `expect`: without it no message is ever answered"),
        Row(
            "{ a: { send: { text: x, rate: 5/s, max_in_flight: 0 }, expect: { reply: identical } } }",
            "3:63: `max_in_flight`: `0` is not possible, it must be between 1 and 65536"),
        Row(
            "{ a: { send: { text: x, closed: { in_flight: 1 } } } }",
            "3:37: `closed` needs `expect`, since a reply triggers the next message; write for example `expect: { reply: identical }`"
        ),
        Row(
            "{ a: { send: { text: x, closed: {} }, expect: { reply: identical } } }",
            "3:45: `closed` needs `in_flight`; write for example `in_flight: 1`"),
        Row(
            "{ a: { send: { text: x, closed: { in_flight: 1 }, rate: 1/s }, expect: { reply: identical } } }",
            "3:63: `rate` does not go with `closed`: the replies decide when messages leave"),
        Row("{ a: { send: { text: x, every: 30s } } }", "3:37: this version does not have `every` yet"),
        Row(
            "{ a: { expect: { reply: identical } } }",
            "3:28: the behaviour `a` has `expect` without `send`; only a message sent can be answered"),
        Row(
            "{ a: { send: { text: x, rate: 1/s }, expect: {} } }",
            "3:58: `expect` needs `reply`; write for example `reply: identical`"),
        Row(
            "{ a: { send: { text: x, rate: 1/s }, expect: { reply: same } } }",
            "3:67: `same` is no value of `reply`; it is `identical`"),
        Row(
            #"{ a: { send: { text: x, rate: 1/s }, expect: { where: "$.id" } } }"#,
            "3:60: this version does not have `where` yet"),
        Row(
            "{ a: { send: { text: x, rate: 1/s }, expect: { reply: identical, within: 0s } } }",
            "3:86: `within`: `0s` is not possible, it must be between 1ns and 1h"),
        Row(
            "{ a: { send: { text: x, rate: 1/s }, expect: { reply: identical, within: 2h } } }",
            "3:86: `within`: `2h` is not possible, it must be between 1ns and 1h"),
        Row(
            "{ a: { send: { text: x, rate: 1/s }, expect: { reply: identical, as: errors } } }",
            "3:82: `errors` is a metric of the tool itself; choose another name, for example `as: rtt`"),
        Row(
            #"{ a: { send: { text: x, rate: 1/s }, expect: { reply: identical, as: "a.b" } } }"#,
            "3:82: `a.b` is not a metric's name; write for example `as: rtt`"),
        Row("{ a: { ping: {} } }", "3:26: `ping` needs `every`; write for example `every: 25s`"),
        Row("{ a: { ping: { every: 1ms } } }", "3:35: `every`: `1ms` is not possible, it must be between 10ms and 24h"),
        Row(
            "{ a: { ping: { every: 25 } } }",
            "3:35: `every`: `25` has no unit, a duration needs one; write for example `25s`"),
        Row(
            "{ a: { send: { text: x, rate: 1/s }, expect: { reply: identical, as: p }, ping: { every: 1s, as: p } } }",
            "3:15: the behaviour `a` records its pings as `p`, which are replies elsewhere"),
        Row(
            "{ a: {}, b: {} }",
            "4:7: `load` needs `mix`, since there are several behaviours; write for example `mix: { a: 1, b: 1 }`"),
    ])
    func `faults in behaviours are found`(_ row: Row) {
        var fixture = ScenarioFixture()
        fixture.behaviours = row.text
        #expect(ScenarioFixture.problems(fixture.text) == row.problems)
    }
}
