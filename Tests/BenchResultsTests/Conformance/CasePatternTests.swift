import BenchResults
import Testing

@Suite struct `a pattern of cases` {
    struct Row: Sendable, CustomTestStringConvertible {
        let pattern: String
        let matches: [String]
        let others: [String]
        var testDescription: String { pattern }

        init(_ pattern: String, _ matches: [String], not others: [String]) {
            self.pattern = pattern
            self.matches = matches
            self.others = others
        }
    }

    @Test(arguments: [
        Row("F-022", ["F-022", "F-022#a"], not: ["F-02", "F-0222", "f-022", ""]),
        Row("F-*", ["F-001", "F-022#a"], not: ["FX-001", "P-001"]),
        Row("F-0?2", ["F-022", "F-012#a"], not: ["F-02", "F-0222"]),
        Row("F-022#*", ["F-022#a", "F-022#a-b"], not: ["F-022", "F-023#a"]),
        Row("F-022#a", ["F-022#a"], not: ["F-022#ab", "F-022"]),
        Row("*#tls-*-x", ["F-1#tls-x-x", "H-2#tls--x"], not: ["F-1#tls-x", "F-1"]),
        Row("*", ["F-001", "1.1.1", "D-1#x"], not: []),
        Row("1.1.*", ["1.1.1", "1.1.8"], not: ["1.2.1", "11.1"]),
        Row("*a*b*c*", ["abc", "xaybzc-"], not: ["acb", "ab"]),
        Row("", [], not: ["F-001"]), Row("?", ["F"], not: ["", "FF"]),
    ])
    func `matches what it names and nothing else`(_ row: Row) {
        let pattern = CasePattern(row.pattern)
        for id in row.matches { #expect(pattern.matches(SampleCase.found(id, .pass)), "\(id)") }
        for id in row.others where !id.isEmpty {
            #expect(!pattern.matches(SampleCase.found(id, .pass)), "\(id)")
        }
    }

    @Test func `full of stars is no slower than the product of the lengths`() {
        let pattern = CasePattern(String(repeating: "*a", count: 2000) + "b")
        #expect(!pattern.matches(row: String(repeating: "a", count: 4000), variant: nil))
    }

    @Test(arguments: [("F-022#a", true), ("F-022", true), ("F-*", false), ("F-0?2", false)])
    func `is exact when it has no wildcard`(_ text: String, _ isExact: Bool) {
        #expect(CasePattern(text).isExact == isExact)
    }
}

@Suite struct `a calendar date` {
    @Test(arguments: ["2027-03-01", "2028-02-29", "2000-02-29", "2026-12-31", "2026-04-30"])
    func `that exists is read and written the same`(_ text: String) {
        #expect(CalendarDate(text)?.description == text)
    }

    @Test(arguments: [
        "2027-02-29", "1900-02-29", "2027-13-01", "2027-00-01", "2027-01-00", "2027-04-31", "27-01-01", "2027-1-1",
        "2027/01/01", "2027-01-01x", "2027-01-0a", "", "-027-01-01", "0000-01-01",
    ]) func `that does not exist is none`(_ text: String) { #expect(CalendarDate(text) == nil) }

    @Test func `is the day of an ISO 8601 time`() {
        #expect(CalendarDate("2026-11-24T02:19:25Z")?.description == "2026-11-24")
    }

    @Test func `comes before later ones`() {
        let days = ["2026-12-31", "2027-01-01", "2027-01-02", "2027-02-01"].map(CalendarDate.on)
        #expect(days.shuffled().sorted() == days)
    }
}
