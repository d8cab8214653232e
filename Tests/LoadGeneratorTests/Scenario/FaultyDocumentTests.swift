import Testing

@testable import LoadGenerator

/// Scenarios with faults, and everything a reader says about them: line, column and sentence.
///
/// A row is put into ``ScenarioFixture``, whose `target` stands in line 2, `behaviours` in 3, `load` in 4; further keys
/// begin in line 5.
@Suite struct FaultyDocumentTests {
    private static let allKeys = ScenarioReader.keys.map { "`\($0)`" }.joined(separator: ", ")

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
        Row("", "1:1: the scenario is empty"),
        Row("# only a comment", "1:1: the scenario is empty"),
        Row("[]", "1:1: a scenario is a mapping with the keys \(allKeys), not a list"),
        Row("wsbench", "1:1: a scenario is a mapping with the keys \(allKeys), not a single value"),
        Row(
            "wsbench: 1", "1:1: a scenario needs `target`; write for example `target: { url: ws://127.0.0.1:9001/ }`",
            "1:1: a scenario needs `behaviours`; write for example `behaviours: { idle: {} }`",
            "1:1: a scenario needs `load`; write for example `load: { stages: [...] }`"),
        Row(
            "wsbench: 2\ntarget: { url: \"ws://a/\" }\nbehaviours: { a: {} }\nload: { stages: [{ name: a, connections: 1, over: 1s }] }",
            "1:10: the format has version 2, this version reads `wsbench: 1`"),
        Row(
            "wsbench: one\ntarget: { url: \"ws://a/\" }\nbehaviours: { a: {} }\nload: { stages: [{ name: a, connections: 1, over: 1s }] }",
            "1:10: `wsbench`: `one` is not a whole number from 1 to 4294967295; write for example `1`"),
        Row(
            "wsbench: 1\n---\nwsbench: 1",
            "2:1: this is not YAML: but found another document (expected a single document in the stream in line 1)"),
        Row("a: &x 1", "1:4: `&x` is an anchor; anchors are not part of the format"),
        Row("a: &x 1\nb: *x", "2:4: `*x` refers to an anchor; anchors are not part of the format, write the value out"),
        Row("a: *x", "1:4: this is not YAML: found undefined alias"),
        Row("a: !!binary x", "1:4: `tag:yaml.org,2002:binary` is a tag; tags are not part of the format"),
        Row("a: !mine { b: 1 }", "1:4: `!mine` is a tag; tags are not part of the format"),
        Row("a: 1\n\"a\": 2", "1:1: the key `a` appears twice"),
        Row("1: a\n\"1\": b", "2:1: the key `1` appears twice"),
        Row("? [a]\n: b", "1:3: a key is a single word"),
        Row(
            "a: { b: 1",
            "1:10: this is not YAML: did not find expected ',' or '}' (while parsing a flow mapping in line 1)"),
        // Found by fuzzing: both lines were 2, in a text of one.
        Row("[[", "1:3: this is not YAML: did not find expected node content (while parsing a flow node in line 1)"),
        Row(
            "a: [\n", "2:1: this is not YAML: did not find expected node content (while parsing a flow node in line 2)"),
        Row(
            #"a: "x"#,
            "1:6: this is not YAML: found unexpected end of stream (while scanning a quoted scalar in line 1)"),
        Row(
            "a:\n\t- b",
            "2:1: this is not YAML: found character that cannot start any token (while scanning for the next token in line 2)"
        ),
        Row("a: b: c", "1:5: this is not YAML: mapping values are not allowed in this context"),
        Row("a: \u{7}", "1:4: this is not YAML: control characters are not allowed"),
        Row(
            "\u{FEFF}a: 1", "1:2: unknown key `a`; known are \(allKeys)",
            "1:2: a scenario needs `wsbench`; write for example `wsbench: 1`",
            "1:2: a scenario needs `target`; write for example `target: { url: ws://127.0.0.1:9001/ }`",
            "1:2: a scenario needs `behaviours`; write for example `behaviours: { idle: {} }`",
            "1:2: a scenario needs `load`; write for example `load: { stages: [...] }`"),
        Row("%YAML 9.9\n---\na: 1", "1:1: this is not YAML: found incompatible YAML document"),
    ])
    func `what is no document of this format is refused`(_ row: Row) {
        #expect(ScenarioFixture.problems(row.text) == row.problems)
    }

    @Test(arguments: [
        Row("conections: 1", "5:1: unknown key `conections`; known are \(allKeys)"),
        Row("naem: x", "5:1: unknown key `naem`; did you mean `name`?"),
        Row("matrix: { repeat: 3 }", "5:1: this version does not have `matrix` yet"),
        Row("workers: local", "5:1: this version does not have `workers` yet"),
        Row("<<: { a: 1 }", "5:1: merge keys (`<<`) are not part of the format, write the values out"),
        Row("seed: x", "5:7: `seed`: `x` is not a whole number of at most 64 bits; write for example `42`"),
        Row("seed: -1", "5:7: `seed`: `-1` is not a whole number of at most 64 bits; write for example `42`"),
        Row(
            "seed: 18446744073709551616",
            "5:7: `seed`: `18446744073709551616` is not a whole number of at most 64 bits; write for example `42`"),
        Row("seed:", "5:6: `seed` has no value; write for example `seed: 42`"),
        Row("name: [a]", "5:7: `name` is a single value, not a list; write for example `name: echo`"),
        Row("vars: { 1a: x }", "5:9: `1a` is not a variable's name; use letters, digits and `_`"),
        Row(
            #"vars: { a: "${b}", b: x }"#,
            "5:12: `b` is neither in `vars` nor in the environment; give a default with `${b:-…}`"),
        Row(
            "vars: { host: x }\nname: ${hots}",
            "6:7: `hots` is neither in `vars` nor in the environment; did you mean `host`?"),
        Row(
            "name: ${NOPE}", "5:7: `NOPE` is neither in `vars` nor in the environment; give a default with `${NOPE:-…}`"
        ),
        Row("name: ${conn % 2}", "5:7: this version does not have `${conn % 2}` yet"),
        Row("name: ${row.key}", "5:7: this version does not have `${row.key}` yet"),
        Row("name: ${a-b}", "5:7: `${a-b}` is not a variable; write `${NAME}` or `${NAME:-default}`"),
        Row(#"name: "${open""#, "5:7: `${` is not closed by `}`"),
        Row("name: ${A:-${B}}", "5:7: the default in `${A:-…}` may not refer to another variable"),
        Row("outputs: { hmtl: a }", "5:12: unknown key `hmtl`; did you mean `html`?"),
        Row(
            "outputs: { junit: a, live: b }", "5:12: this version does not have `junit` yet",
            "5:22: this version does not have `live` yet"),
        Row(#"outputs: { html: "" }"#, "5:18: `html` is not a path; write for example `html: out/report.html`"),
        Row("outputs: 5", "5:10: `outputs` is a mapping with the keys `html`, `json`, not a single value"),
    ])
    func `faults among the first keys, and in variables, are found`(_ row: Row) {
        var fixture = ScenarioFixture()
        fixture.more = row.text
        #expect(ScenarioFixture.problems(fixture.text) == row.problems)
    }
}
