import Testing

@testable import LoadGenerator

@Suite struct ScenarioLimitTests {
    @Test func `all faults are reported in one reading, in the order of the file`() {
        let text = """
            wsbench: 1
            matrix: {}
            target:
              url: http://127.0.0.1:9001/
              header: {}
            behaviours:
              echo:
                send: { text: hello, rate: 5 }
                expect: { reply: identical, within: 2 }
            load:
              mix: { ecko: 1 }
              stages:
                - { name: ramp, connections: 1k, over: 10 }
                - { name: steady, hodl: 5s }
            outputs: { hmtl: a }
            """
        #expect(
            ScenarioFixture.problems(text) == [
                "2:1: this version does not have `matrix` yet",
                #"4:8: the scheme "http" is not one of WebSocket; write for example `ws://127.0.0.1:9001/chat`"#,
                "5:3: unknown key `header`; did you mean `headers`?",
                "8:32: `rate`: `5` has no unit, a rate needs one; write for example `5/s`",
                "9:41: `within`: `2` has no unit, a duration needs one; write for example `2s`",
                "13:44: `over`: `10` has no unit, a duration needs one; write for example `10s`",
                "14:23: unknown key `hodl`; did you mean `hold`?",
                "15:12: unknown key `hmtl`; did you mean `html`?",
            ])
    }

    @Test func `an error carries its file, the nearest name and the names that are known`() throws {
        let error = #expect(throws: ScenarioError.self) { try ScenarioFixture(more: "naem: x").read() }
        let problem = try #require(error?.problems.first)
        #expect(problem.nearest == "name")
        #expect(problem.known == ScenarioReader.keys)
        #expect(error?.description == "scenarios/test.yaml:5:1: unknown key `naem`; did you mean `name`?")
    }

    @Test func `columns count characters, not bytes`() {
        let fixture = ScenarioFixture(more: "outputs: { html: \"ä😀\", hmtl: a }")
        #expect(ScenarioFixture.problems(fixture.text) == ["5:24: unknown key `hmtl`; did you mean `html`?"])
    }

    @Test func `very many faults are cut off`() {
        let lines = (0..<500).map { "unknown\($0): 1" }.joined(separator: "\n")
        #expect(ScenarioFixture.problems(ScenarioFixture(more: lines).text).count == ProblemList.maximum)
    }

    // MARK: Bombs

    @Test func `aliases cannot multiply`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...60 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        #expect(
            ScenarioFixture.problems(text) == [
                "2:10: `*a0` refers to an anchor; anchors are not part of the format, write the value out"
            ])
    }

    @Test func `aliases as keys cannot multiply either`() {
        var text = "a0: &a0 [x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) { ? [*a\(level - 1), *a\(level - 1)] : x }\n" }
        #expect(ScenarioFixture.problems(text).count == 1)
    }

    @Test(arguments: [
        "a: &x 1\nb: *x", "a: &x 1\r\nb: *x", "{a: &x 1,b: *x}", "[&x 1,*x]", "- &x a\n- *x", "a: !t &x 1\nb: *x",
        "&x a: 1\n*x : 2", "\"a\":&x 1\n", "a: &x\n  b: 1\nc:\n  <<: *x", "? &x a\n: *x", "{\"a\":&x 1,\"b\":*x}",
        "\u{FEFF}&x a: *x",
        "--- &x a\n", "# c\r&x a: *x",
    ])
    func `no anchor is accepted wherever it stands`(_ text: String) {
        let problems = ScenarioFixture.problems(text)
        #expect(problems.contains { $0.contains("anchor") || $0.contains("this is not YAML") }, "\(problems)")
    }

    @Test(arguments: ["x *not* y", "R &D", "a=1&b=2 *", "5 * 3 & 4", "*"])
    func `prose with stars and ampersands is no anchor`(_ text: String) throws {
        let fixture = ScenarioFixture(more: "# *D* and &not\nquestion: \"\(text)\"")
        #expect(try fixture.read().question == text)
    }

    @Test func `variables cannot multiply`() {
        var lines = "vars:\n  a0: xxxxxxxxxxxxxxxx\n"
        for level in 1...60 { lines += "  a\(level): \"${a\(level - 1)}${a\(level - 1)}\"\n" }
        let problems = ScenarioFixture.problems(ScenarioFixture(more: lines).text)
        #expect(problems.first == "19:8: the variables add more than 64 KiB to the value", "\(problems)")
    }

    @Test func `deep nesting is refused, whatever brackets or indents make it`() {
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            "a: " + String(repeating: open, count: depth) + String(repeating: close, count: depth)
        }
        for text in [
            nested(33, "[", "]"), nested(900, "[", "]"), nested(100_000, "[", "]"), nested(500_000, "[", ""),
            nested(900, "{a: ", "}"),
            "a:\n" + String(repeating: "- ", count: 900) + "x", "a:\n" + String(repeating: "- ", count: 400_000) + "x",
            (0..<900).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
        ] {
            let problems = ScenarioFixture.problems(text)
            #expect(problems.count == 1)
            #expect(
                problems[0].contains("deeper than 32 levels") || problems[0].contains("this is not YAML"), "\(problems)"
            )
        }
        #expect(!ScenarioFixture.problems(nested(31, "[", "]")).contains { $0.contains("deeper") })
    }

    @Test func `a text that is too large, or of too many values, is refused`() {
        let long = "# " + String(repeating: "x", count: DocumentReader.maximumBytes)
        #expect(ScenarioFixture.problems(long) == ["1:1: the scenario is larger than 1 MiB"])
        let many = "a: [" + String(repeating: "x,", count: DocumentReader.maximumNodes) + "]"
        #expect(ScenarioFixture.problems(many).map { $0.contains("more than 100000 values") } == [true])
    }

    // MARK: Arbitrary input

    @Test func `no prefix of a scenario traps or is taken for the whole one`() throws {
        let text = ScenarioReaderTests.everything
        let whole = try ScenarioFixture.read(text, environment: ["TOKEN": "t"])
        // Where the first stage begins; a file cut behind a later stage or threshold is a scenario of its own.
        let stages = try #require(text.firstRange(of: "    - { name: warmup"))
        let incomplete = text.distance(from: text.startIndex, to: stages.upperBound)
        for end in stride(from: 0, to: text.count, by: 4) {
            let read = try? ScenarioFixture.read(String(text.prefix(end)), environment: ["TOKEN": "t"])
            #expect(read != whole)
            if end <= incomplete { #expect(read == nil) }
        }
    }

    @Test func `no random change of a scenario traps`() {
        let seed: UInt64 = 2_026
        var generator = SeededGenerator(seed: seed)
        let original = Array(ScenarioReaderTests.everything.unicodeScalars)
        let replacements: [Unicode.Scalar] = [
            "{", "}", "[", "]", ":", ",", "\n", " ", "\"", "'", "&", "*", "!", "|", ">", "#", "$", "-", "0", "9", "x",
            "\t", "%", "?", "ä",
        ]
        for round in 0..<600 {
            var scalars = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<scalars.count, using: &generator)
                scalars[index] = replacements[Int.random(in: 0..<replacements.count, using: &generator)]
            }
            let text = String(String.UnicodeScalarView(scalars))
            do {
                _ = PlanText.render(Plan(try ScenarioFixture.read(text, environment: ["TOKEN": "t"])))
            } catch {
                #expect(!error.problems.isEmpty, "seed \(seed) round \(round)")
                #expect(error.problems.allSatisfy { $0.line >= 1 && $0.column >= 1 }, "seed \(seed) round \(round)")
            }
        }
    }
}
