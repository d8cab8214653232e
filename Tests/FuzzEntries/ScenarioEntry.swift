import LoadGenerator

/// Any text is a scenario that can be planned, or is refused with problems that have a place in it.
struct ScenarioEntry {
    private let text: String

    init(_ input: [UInt8]) { text = String(decoding: input, as: UTF8.self) }

    func run() throws(BrokenProperty) {
        let first = read()
        try require(first == read(), "reads-differently-twice")
        switch first {
        case .success(let scenario):
            let plan = Plan(scenario)
            for usesUnicode in [false, true] {
                try require(!PlanText.render(plan, usesUnicode: usesUnicode).isEmpty, "empty-plan")
            }
        case .failure(let error):
            try require(!error.problems.isEmpty, "refused-without-problem")
            // A position may be the end, behind the last line end.
            let lines = 1 + text.count { $0.isNewline }
            for problem in error.problems {
                try require(
                    (1...lines).contains(problem.line) && problem.column >= 1, "problem-outside-the-text",
                    "\(problem), \(lines) lines")
                try require(!problem.message.isEmpty, "problem-without-message", "\(problem)")
            }
        }
    }

    private func read() -> Result<Scenario, ScenarioError> {
        Result { () throws(ScenarioError) in
            try ScenarioReader.read(text: text, file: "scenarios/fuzz.yaml", environment: ["TOKEN": "t0k"])
        }
    }
}
