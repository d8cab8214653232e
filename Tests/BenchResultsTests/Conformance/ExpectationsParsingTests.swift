import BenchResults
import Testing

@Suite struct `an expectations file` {
    @Test func `gives each line its parts, and keeps comments and empty lines out of it`() throws {
        let text = """
            # a comment

            F-022#declared-1mib  FAIL,TIMEOUT  role=server transport=tls  until 2027-03-01  # waits for the payload
            \tH-*\tNON-STRICT\t#\tdeclines
            L-014 DISABLED # hangs # the server
            """
        let lines = try Expectations(parsing: text, file: "e.txt").lines
        #expect(lines.map(\.number) == [3, 4, 5])
        #expect(lines.map(\.pattern.text) == ["F-022#declared-1mib", "H-*", "L-014"])
        #expect(lines.map(\.outcome) == [.verdicts([.fail, .timeout]), .verdicts([.nonStrict]), .disabled])
        #expect(lines.map(\.role) == [.server, nil, nil])
        #expect(lines.map(\.transport) == ["tls", nil, nil])
        #expect(lines.map(\.until) == [.on("2027-03-01"), nil, nil])
        #expect(lines.map(\.reason) == ["waits for the payload", "declines", "hangs # the server"])
    }

    @Test(arguments: ["\n", "\r\n"]) func `may end its lines in either way`(_ end: String) throws {
        let text = ["F-001 FAIL # a", "F-002 FAIL # b", ""].joined(separator: end)
        #expect(try Expectations(parsing: text, file: "e.txt").lines.map(\.reason) == ["a", "b"])
    }

    @Test(arguments: ["", "\n", "# only a comment", "\n\n#\n"]) func `may be empty`(_ text: String) throws {
        #expect(try Expectations(parsing: text, file: "e.txt").lines.isEmpty)
    }

    @Test(arguments: [
        ("F-001", "`F-001` has no verdict after it; write FAIL, a list such as FAIL,TIMEOUT, or DISABLED"),
        ("F-001 # why", "`F-001` has no verdict after it; write FAIL, a list such as FAIL,TIMEOUT, or DISABLED"),
        ("server/F/F-001#a FAIL # why", "`server/F/F-001#a` is no id; write it without role and group, as F-001#a"),
        ("F-001 FIAL # why", "`FIAL` is no verdict; did you mean FAIL?"),
        ("F-001 fail # why", "`fail` is no verdict; did you mean FAIL?"),
        ("F-001 DISABLE # why", "`DISABLE` is no verdict; did you mean DISABLED?"),
        (
            "F-001 whatever # why",
            "`whatever` is no verdict; known are PASS, NON-STRICT, WRONG-CODE, UNCLEAN, FAIL, TIMEOUT, CRASH, INFO, SKIP, DISABLED"
        ),
        ("F-001 FAIL,DISABLED # why", "DISABLED stands alone, not in a list"),
        ("F-001 FAIL,FAIL # why", "FAIL stands twice"),
        (
            "F-001 FAIL",
            "there is no reason; end the line with one, as in F-022#declared-1mib  FAIL  role=server  # why"
        ),
        (
            "F-001 FAIL #",
            "there is no reason; end the line with one, as in F-022#declared-1mib  FAIL  role=server  # why"
        ),
        ("F-001 FAIL rol=server # why", "`rol` is no condition; did you mean role?"),
        ("F-001 FAIL role=sever # why", "`sever` is no role; did you mean server?"),
        ("F-001 FAIL role= # why", "`` is no role; known are server, client"),
        ("F-001 FAIL role # why", "`role` has no value; write role=…"),
        ("F-001 FAIL role=server role=client # why", "`role` stands twice"),
        ("F-001 FAIL transport=tlss # why", "`tlss` is no transport; did you mean tls?"),
        ("F-001 FAIL transport=tcp transport=tcp # why", "`transport` stands twice"),
        ("F-001 FAIL until # why", "`until` has no date after it; write for example until 2027-03-01"),
        ("F-001 FAIL until 2027-02-30 # why", "`2027-02-30` is no date; write year, month and day as in 2027-03-01"),
        ("F-001 FAIL until 2027-02-01 until 2027-02-01 # why", "`until` stands twice"),
        ("F-001 FAIL untill 2027-02-01 # why", "`untill` is no condition; did you mean until?"),
        (
            "F-001 FAIL TIMEOUT # why",
            "`TIMEOUT` is no condition; known are role, transport, until (a reason begins with # after a space, verdicts are joined by commas without spaces)"
        ),
    ])
    func `that is wrong says where and how`(_ line: String, _ message: String) throws {
        let error = #expect(throws: ExpectationsError.self) {
            try Expectations(parsing: "# first\n\(line)\n", file: "e.txt")
        }
        #expect(error?.description == "e.txt:2: \(message)")
    }

    @Test func `names every line that is wrong`() {
        let error = #expect(throws: ExpectationsError.self) {
            try Expectations(parsing: "A FAIL\nB FAIL # fine\nC\n", file: "e.txt")
        }
        #expect(error?.problems.map(\.line) == [1, 3])
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>) func `of anything at all never traps`(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        let words = [
            "F-001", "#", " ", "\n", "\r\n", ",", "FAIL", "TIMEOUT", "DISABLED", "role=", "server", "until",
            "2027-01-01",
            "=", "\t", "\u{301}", "*", "?", "é", "\u{0}", "transport=tls",
        ]
        let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
            words[Int.random(in: 0..<words.count, using: &random)]
        }.joined()
        guard let expectations = try? Expectations(parsing: text, file: "e") else { return }
        let run = SampleCase.run([SampleCase.found("F-001#a", .fail)])
        let updated = expectations.updated(from: run, today: .on("2026-11-24"))
        #expect(throws: Never.self, "seed \(seed)") { try Expectations(parsing: updated, file: "e") }
    }
}

private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
