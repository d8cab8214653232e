import BenchReports
import BenchResults
import FoundationEssentials
import Testing

@Suite struct `junit.xml` {
    /// One case in one group, as it came out.
    private func element(
        strict: Bool = false, _ change: (inout CaseResult) -> Void
    ) -> String {
        var run = SampleConformance.small()
        run.settings.strict = strict
        run.cases = [run.cases[0]]
        run.cases[0].behavior = .pass
        run.cases[0].close = .pass
        run.cases[0].isUnexpected = false
        run.cases[0].expectation = nil
        run.cases[0].earlierAttempts = []
        change(&run.cases[0])
        let text = JUnitReport.render([run])
        return text.components(separatedBy: "<testcase ").last?.components(separatedBy: "</testsuite>").first ?? ""
    }

    @Test func `has a suite for each group with its counts, and unique names`() {
        let run = SampleConformance(agent: "a", flaws: 60, size: 400).result
        let text = JUnitReport.render([run])
        #expect(text.components(separatedBy: "<testsuite ").count - 1 == run.groups.count)
        #expect(text.components(separatedBy: "<testcase ").count - 1 == run.cases.count)
        let failures = run.cases.filter { $0.isUnexpected && $0.verdict != .crash }.count
        let errors = run.cases.filter { $0.isUnexpected && $0.verdict == .crash }.count
        #expect(text.components(separatedBy: "<failure ").count - 1 == failures)
        #expect(text.components(separatedBy: "<error ").count - 1 == errors)
        #expect(text.contains("tests=\"\(run.cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""))
        var names: Set<String> = []
        for part in text.components(separatedBy: "<testcase ").dropFirst() {
            let name = part.components(separatedBy: " time=").first ?? ""
            #expect(names.insert(name).inserted, "\(name)")
            #expect(name.hasPrefix("classname=\"wsbench.server."))
        }
        for property in ["tool", "seed", "agent", "transport", "strict"] {
            #expect(text.contains("<property name=\"\(property)\""))
        }
        #expect(text.contains("timestamp=\"2026-11-24T02:19:25Z\" hostname=\"127.0.0.1\""))
    }

    @Test func `keeps several runs apart by class name`() {
        let text = JUnitReport.render([SampleConformance.small(), SampleConformance.small()])
        #expect(text.contains("classname=\"wsbench.small.server.H\""))
        #expect(text.contains("classname=\"wsbench.small_2.server.H\""))
    }

    @Test func `has a failure with everything that is needed to understand it`() {
        let text = element {
            $0.behavior = .timeout
            $0.isUnexpected = true
            $0.seed = 42
        }
        #expect(text.contains(" type=\"TIMEOUT\">"))
        for words in ["Expected:", "Observed:", "Seed: 42", "Wire log:", "0000  47 45 54 20", "RFC 6455"] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test func `shows the beginning and the end of what happened`() {
        let text = element {
            $0.behavior = .fail
            $0.isUnexpected = true
            $0.observed = (1...500).map { "event \($0)." }
        }
        #expect(text.contains("  event 30.\n  … 460 more\n  event 491.\n") && text.contains("event 500."))
        #expect(!text.contains("event 31."))
    }

    @Test func `has an error only for a crash`() {
        let text = element {
            $0.behavior = .crash
            $0.isUnexpected = true
        }
        #expect(text.contains("<error ") && text.contains("type=\"CRASH\"") && !text.contains("<failure"))
    }

    @Test func `skips what was expected to fail, and what did not run, with the reason`() {
        let foretold = element {
            $0.close = .wrongCode
            $0.expectation = .init(verdicts: [.wrongCode], reason: "ticket 17")
        }
        #expect(foretold.contains("<skipped message=\"expected failure: ticket 17\"/>"))
        let skipped = element {
            $0.behavior = .skipped
            $0.explanation = "needs /auth"
        }
        #expect(skipped.contains("<skipped message=\"needs /auth\"/>"))
    }

    @Test func `passes what is only not strict, unless the run was strict`() {
        let loose = element { $0.close = .nonStrict }
        #expect(loose.contains("<properties><property name=\"level\" value=\"non-strict\"/></properties>"))
        #expect(!loose.contains("<failure"))
        let strict = element(strict: true) {
            $0.close = .nonStrict
            $0.isUnexpected = true
        }
        #expect(strict.contains("type=\"NON-STRICT\""))
    }

    @Test func `tells flaky cases from those that failed again and again`() {
        let flaky = element { $0.earlierAttempts = [.fail, .timeout] }
        #expect(flaky.contains("<flakyFailure message=\"attempt 1 of 3\" type=\"FAIL\"/>"))
        #expect(!flaky.contains("<failure"))
        let failed = element {
            $0.behavior = .fail
            $0.isUnexpected = true
            $0.earlierAttempts = [.fail]
        }
        #expect(
            failed.contains("<rerunFailure message=\"attempt 1 of 2\" type=\"FAIL\"/>") && failed.contains("<failure "))
    }

    @Test func `holds only characters that XML has, and a bounded wire log`() {
        let text = element {
            $0.behavior = .fail
            $0.isUnexpected = true
            $0.explanation = SampleConformance.hostileText + "\u{FFFE}\u{7}"
            $0.wire = WireLog(entries: [
                .init(
                    time: 0, connection: 0, kind: .received, octets: String(repeating: "ff", count: 1_000_000),
                    length: 1_000_000)
            ])
        }
        #expect(text.utf8.count < 80_000)
        let allowed = text.unicodeScalars.allSatisfy {
            $0 == "\n" || $0 == "\t" || ($0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && $0.value < 0xFFFE)
        }
        #expect(allowed)
        #expect(text.contains("&lt;/script&gt;") && !text.contains("</script>"))
    }

    @Test func `of a run in which everything fails stays within what CI systems take`() {
        var run = SampleConformance.small()
        let wire = WireLog(entries: [
            .init(
                time: 0, connection: 0, kind: .received, octets: String(repeating: "ff", count: 12_000), length: 12_000)
        ])
        let found = run.cases[0]
        run.cases = (0..<500).map { number in
            var copy = found
            copy.variant = "v\(number)"
            copy.behavior = .fail
            copy.isUnexpected = true
            copy.wire = wire
            return copy
        }
        let text = JUnitReport.render([run])
        #expect(text.utf8.count < 20 * 1024 * 1024)
        #expect(text.contains("Wire log:") && text.contains("The wire log is in results.json."))
    }
}
