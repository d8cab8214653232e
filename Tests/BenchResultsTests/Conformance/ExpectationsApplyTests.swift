import BenchResults
import Testing

@Suite struct `results compared with expectations` {
    static let today = CalendarDate.on("2026-11-24")

    struct Row: Sendable, CustomTestStringConvertible {
        let lines: String
        let behavior: BehaviorGrade
        let close: CloseGrade?
        let strict: Bool
        let isUnexpected: Bool
        let isGood: Bool
        var testDescription: String { "\(lines) \(behavior.rawValue) \(close?.rawValue ?? "") strict=\(strict)" }

        init(
            _ lines: String, _ behavior: BehaviorGrade, _ close: CloseGrade? = nil, strict: Bool = false,
            unexpected: Bool, good: Bool = false
        ) {
            self.lines = lines
            self.behavior = behavior
            self.close = close
            self.strict = strict
            isUnexpected = unexpected
            isGood = good
        }
    }

    @Test(arguments: [
        Row("", .pass, unexpected: false), Row("", .nonStrict, unexpected: false),
        Row("", .nonStrict, strict: true, unexpected: true), Row("", .pass, .nonStrict, strict: true, unexpected: true),
        Row("", .fail, unexpected: true), Row("", .timeout, unexpected: true), Row("", .crash, unexpected: true),
        Row("", .pass, .wrongCode, unexpected: true), Row("", .pass, .unclean, unexpected: true),
        Row("", .pass, .droppedBySuite, unexpected: true), Row("", .information, strict: true, unexpected: false),
        Row("", .skipped, strict: true, unexpected: false),
        Row("F-001 FAIL # r", .fail, unexpected: false), Row("F-001 FAIL # r", .timeout, unexpected: true),
        Row("F-001 FAIL # r", .pass, unexpected: true, good: true),
        Row("F-001 FAIL # r", .nonStrict, unexpected: true, good: true),
        Row("F-001 FAIL # r", .nonStrict, strict: true, unexpected: true),
        Row("F-001 FAIL # r", .skipped, unexpected: false),
        Row("F-001 FAIL,TIMEOUT # r", .timeout, unexpected: false),
        Row("F-001 FAIL,PASS # r", .pass, unexpected: false),
        Row("F-001 NON-STRICT # r", .nonStrict, strict: true, unexpected: false),
        Row("F-001 NON-STRICT # r", .pass, strict: true, unexpected: true, good: true),
        Row("F-001 PASS # r", .nonStrict, unexpected: true),
        Row("F-001 PASS # r\nF-* FAIL # r", .fail, unexpected: false),
        Row("F-* FAIL # r\nF-001 PASS # r", .fail, unexpected: true),
        Row("F-001 DISABLED # r", .skipped, unexpected: false), Row("F-001 DISABLED # r", .fail, unexpected: true),
        Row("F-001 FAIL role=client # r", .fail, unexpected: true),
        Row("F-001 FAIL role=server # r", .fail, unexpected: false),
        Row("F-001 FAIL transport=tls # r", .fail, unexpected: true),
        Row("F-001 FAIL until 2026-11-24 # r", .fail, unexpected: false),
        Row("F-001 FAIL until 2026-11-23 # r", .fail, unexpected: true),
        Row("F-001 FAIL # r\nF-001 TIMEOUT until 2026-11-23 # r", .fail, unexpected: false),
    ])
    func `are unexpected or not`(_ row: Row) throws {
        var run = SampleCase.run([SampleCase.found("F-001", row.behavior, row.close)], strict: row.strict)
        let expectations = try Expectations(parsing: row.lines, file: "e.txt")
        expectations.apply(to: &run, today: Self.today, strict: row.strict)
        #expect(run.cases[0].isUnexpected == row.isUnexpected)
        #expect(run.cases[0].isUnexpectedlyGood(isStrict: row.strict) == row.isGood)
    }

    @Test func `carry what was expected and why`() throws {
        var run = SampleCase.run([SampleCase.found("F-001#a", .fail), SampleCase.found("F-002", .pass)])
        run.cases[1].expectation = .init(verdicts: [.fail], reason: "of an earlier file")
        try Expectations(parsing: "F-001 FAIL,CRASH # known", file: "e.txt")
            .apply(to: &run, today: Self.today, strict: false)
        #expect(run.cases[0].expectation == .init(verdicts: [.fail, .crash], reason: "known"))
        #expect(run.cases[1].expectation == nil)
    }

    @Test(arguments: [
        ("F-001 DISABLED # hangs", "hangs"), ("F-001 FAIL # r", nil), ("F-002 DISABLED # r", nil),
        ("F-001 DISABLED # r\nF-001 FAIL # r", nil), ("F-001 DISABLED until 2026-01-01 # r", nil),
        ("F-001 DISABLED role=client # r", nil),
    ]) func `are not made of disabled cases`(_ lines: String, _ reason: String?) throws {
        let expectations = try Expectations(parsing: lines, file: "e.txt")
        let found = expectations.disabledReason(
            row: "F-001", variant: "a", role: .server, transport: "tcp", today: Self.today)
        #expect(found == reason)
    }

    @Test(arguments: [
        ("F-001 FAIL # r", "e.txt:1: `F-001` is stale: all 2 cases came out better than expected"),
        ("F-001#a FAIL # r", "e.txt:1: `F-001#a` is stale: the case came out better than expected"),
        (
            "F-* FAIL # r",
            "e.txt:1: `F-*` is too wide: 2 of 3 cases came out better than expected, such as F-001#a"
        ),
        ("F-009 FAIL # r", "e.txt:1: `F-009` matches no case of this run"),
        ("F-002 FAIL # r\nF-002 FAIL # r", "e.txt:1: `F-002` never counts: later lines speak of all its cases"),
        ("F-002 FAIL until 2026-01-01 # r\nF-002 FAIL # r", "e.txt:1: `F-002` counted until 2026-01-01 and no more"),
        ("F-002 FAIL # r", nil), ("F-009 FAIL role=client # r", nil), ("F-009 FAIL transport=tls # r", nil),
        ("P-001 FAIL # r", nil),
    ])
    func `name the lines that are stale`(_ lines: String, _ message: String?) throws {
        var run = SampleCase.run([
            SampleCase.found("F-001#a", .pass), SampleCase.found("F-001#b", .pass), SampleCase.found("F-002", .fail),
            SampleCase.found("P-001", .skipped),
        ])
        let stale = try Expectations(parsing: lines, file: "e.txt").apply(to: &run, today: Self.today, strict: false)
        #expect(stale.map(\.description) == [message].compactMap { $0 })
    }

    @Test func `of a part of the suite do not make lines stale for what did not run`() throws {
        let expectations = try Expectations(parsing: "F-009 FAIL # r", file: "e.txt")
        var part = SampleCase.run([SampleCase.found("F-001", .pass)], selection: "--only F-001")
        #expect(expectations.apply(to: &part, today: Self.today, strict: false).isEmpty)
        var ended = SampleCase.run([SampleCase.found("F-001", .pass)])
        ended.interruption = "the server died"
        #expect(expectations.apply(to: &ended, today: Self.today, strict: false).isEmpty)
    }
}

@Suite struct `an updated expectations file` {
    static let today = CalendarDate.on("2026-11-24")
    static let run = SampleCase.run([
        SampleCase.found("F-001#a", .pass), SampleCase.found("F-001#b", .fail, explanation: "echoed\nall the same"),
        SampleCase.found("F-002", .timeout), SampleCase.found("F-003", .pass),
    ])

    @Test(arguments: [
        (
            "# mine\n\nF-003 FAIL # old\n# end\n",
            """
            # mine

            # end
            F-001#b  FAIL  role=server  # unreviewed: echoed all the same
            F-002  TIMEOUT  role=server  # unreviewed: something happened

            """
        ),
        (
            "F-001 FAIL # wide\nF-002   TIMEOUT # mine\n",
            """
            F-001 FAIL # wide
            F-002   TIMEOUT # mine
            F-001#a  PASS  role=server  # unreviewed: something happened

            """
        ),
        (
            "F-001#b FAIL # known\nF-002 FAIL transport=tcp until 2027-01-01 # slow\n",
            """
            F-001#b FAIL # known
            F-002  TIMEOUT  transport=tcp  until 2027-01-01  # unreviewed: something happened (before: FAIL, slow)

            """
        ),
        (
            "F-001#b FAIL # known\nF-002 FAIL,CRASH until 2026-01-01 # slow\n",
            """
            F-001#b FAIL # known
            F-002  TIMEOUT  # unreviewed: something happened (before: FAIL,CRASH, slow)

            """
        ),
        (
            "F-001#b FAIL # known\nF-002 FAIL,CRASH # varies\nX-001 FAIL # gone\nX-002 FAIL role=client # other\n",
            """
            F-001#b FAIL # known
            F-002  FAIL,CRASH,TIMEOUT  # unreviewed: something happened (before: FAIL,CRASH, varies)
            X-002 FAIL role=client # other

            """
        ),
    ])
    func `keeps what is true and order, drops what is stale, adds what is new`(_ old: String, _ new: String) throws {
        let updated = try Expectations(parsing: old, file: "e.txt").updated(from: Self.run, today: Self.today)
        #expect(updated == new)
        let again = try Expectations(parsing: updated, file: "e.txt")
        var run = Self.run
        #expect(again.apply(to: &run, today: Self.today, strict: false).filter(\.isUseless).isEmpty)
        #expect(!run.cases.contains { $0.isUnexpected })
        #expect(again.updated(from: Self.run, today: Self.today) == updated, "a second update changes nothing")
    }

    @Test func `begins with an explanation when there was none`() {
        let updated = Expectations.none.updated(from: Self.run, today: Self.today)
        #expect(updated.hasPrefix("# What is known of the system under test."))
        #expect(updated.hasSuffix("F-002  TIMEOUT  role=server  # unreviewed: something happened\n"))
    }

    @Test func `keeps lines for what a part of the suite left out`() throws {
        var part = Self.run
        part.selection = "--only F-00*"
        let updated = try Expectations(parsing: "X-001 FAIL # not run\n", file: "e.txt")
            .updated(from: part, today: Self.today)
        #expect(updated.hasPrefix("X-001 FAIL # not run\n"))
    }

    @Test func `holds nothing of a peer that could break a line`() throws {
        let run = SampleCase.run([
            SampleCase.found(
                "F-001", .fail,
                explanation: "a\r\nF-002 FAIL # b\u{2028}\u{1B}[31m" + String(repeating: "x", count: 5000))
        ])
        let updated = Expectations.none.updated(from: run, today: Self.today)
        let lines = try Expectations(parsing: updated, file: "e.txt").lines
        #expect(lines.map(\.pattern.text) == ["F-001"])
        #expect(lines[0].reason.count < 250)
        #expect(!updated.unicodeScalars.contains("\u{1B}"))
    }
}
