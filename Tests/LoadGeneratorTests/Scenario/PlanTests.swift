import Testing

@testable import LoadGenerator

@Suite struct PlanTests {
    private static func plan(_ stages: String, more: String = "", machine: Plan.Machine = .init()) throws -> Plan {
        Plan(try ScenarioFixture(load: "{ stages: [\(stages)] }", more: more).read(), machine: machine)
    }

    private static let second: UInt64 = 1_000_000_000

    @Test func `stages follow each other, connections move linearly, messages are their integral`() throws {
        let plan = try Self.plan(
            "{ name: up, connections: 100, over: 10s }, { name: hold, hold: 10s, messages: x4 }, { name: down, connections: 50, over: 2s }"
        )
        #expect(plan.stages.map(\.start) == [0, 10 * Self.second, 20 * Self.second])
        #expect(plan.duration == 22 * Self.second)
        #expect(plan.stages.map(\.from) == [0, 100, 100])
        #expect(plan.stages.map(\.to) == [100, 100, 50])
        // 2 messages a second for each connection.
        #expect(plan.stages.map(\.plannedMessages) == [1_000, 8_000, 300])
        #expect(plan.plannedMessages == 9_300)
        #expect(plan.peakConnections == 100)
        #expect(plan.connections(at: 0) == 0)
        #expect(plan.connections(at: 5 * Self.second) == 50)
        #expect(plan.connections(at: 15 * Self.second) == 100)
        #expect(plan.connections(at: 21 * Self.second) == 75)
        #expect(plan.connections(at: 99 * Self.second) == 50)
        #expect(plan.messagesPerSecond(at: 5 * Self.second) == 100)
        #expect(plan.messagesPerSecond(at: 15 * Self.second) == 800)
        #expect(plan.rateProfile.nominal(at: 20 * Self.second) == 50 * Self.second)
        #expect(plan.stages[2].connectionArrivals.isLeaving)
        #expect(plan.stages[0].connectionArrivals.time(of: 50) == 5 * Self.second)
    }

    @Test func `a closed loop plans no number of messages`() throws {
        var fixture = ScenarioFixture()
        fixture.behaviours = "{ echo: { send: { text: a, closed: { in_flight: 1 } }, expect: { reply: identical } } }"
        let plan = Plan(try fixture.read())
        #expect(plan.plannedMessages == nil)
        #expect(plan.messagesPerSecond(at: Self.second) == 0)
        #expect(!PlanText.render(plan).contains("messages/s\n"))
    }

    @Test func `a stage of no time is a step`() throws {
        let plan = try Self.plan("{ name: up, connections: 100, over: 0s }, { name: hold, hold: 1s }")
        #expect(plan.connections(at: 0) == 100)
        #expect(plan.duration == Self.second)
        #expect(
            Plan(try ScenarioFixture(load: "{ stages: [{ name: up, connections: 9, over: 0s }] }").read()).connections(
                at: 0) == 9)
    }

    @Test(arguments: [(28_232, 1), (28_233, 2), (100_000, 4)])
    func `ports decide how many source addresses are needed`(_ connections: Int, _ addresses: Int) throws {
        let plan = try Self.plan("{ name: up, connections: \(connections), over: 10s }")
        #expect(plan.needs.sourceAddresses == addresses)
        #expect(plan.needs.ports == connections)
        #expect(plan.needs.descriptors == connections + 64)
        #expect(plan.needs.memory >= connections * 1_024)
        #expect(plan.warnings.isEmpty)
    }

    @Test func `a machine that is too small is warned about, one that is not is not`() throws {
        let stages = "{ name: up, connections: 30k, over: 10s }"
        let small = try Self.plan(stages, machine: .init(descriptorLimit: 20_000))
        #expect(small.warnings == ["The run needs 30064 file descriptors, but a process here may have 20000."])
        #expect(try Self.plan(stages, machine: .init(descriptorLimit: 40_000)).warnings.isEmpty)
        var fixture = ScenarioFixture(load: "{ stages: [\(stages)] }")
        fixture.target = "{ url: \"ws://127.0.0.1:1/\", source_ips: [127.0.0.1] }"
        #expect(
            Plan(try fixture.read()).warnings == [
                "30000 connections need 2 source addresses of 28232 ports, but `source_ips` has 1."
            ])
        fixture.target = "{ url: \"ws://127.0.0.1:1/\", source_ips: [127.0.0.1, 127.0.0.2] }"
        #expect(Plan(try fixture.read()).warnings.isEmpty)
    }

    @Test func `the text shows stages, shares, pictures and needs`() throws {
        let plan = Plan(try ScenarioFixture.read(ScenarioReaderTests.everything, environment: ["TOKEN": "t"]))
        let text = PlanText.render(plan)
        for part in [
            "everything: 10,000 connections, 105 s, mixed loop, seed 18446744073709551615", "  How much?",
            "  Budget: little",
            "target  ws://127.0.0.1:9001/chat?room=1&user=2", "subprotocols chat.v2, chat.v1",
            "sampled every 100 ms: cpu, tcp_mem",
            "warmup    0 s   10 s       0 → 1,000      0 → 390    1.95 k  not recorded", "not recorded", "messages x4",
            "keeps 3 x random lines of scenarios/corpus/chat.ndjson in flight",
            "sends 512 B of random text at 0.5/s (poisson, at most 8 unanswered)", "stays connected", "█", "messages/s",
            "needs   10,064 file descriptors, 10,000 local ports on 1 address",
            "passes  answer.p99 < 25ms in ramp, surge",
            "errors.rate < 0.1% (ends the run when missed after 10 s)", "valid   generator.lag.p99 < 2ms",
        ] {
            #expect(text.contains(part), "\(part) is missing in\n\(text)")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.last != " " })
    }

    @Test func `the text is plain ASCII where that is asked for, and never moves the cursor`() throws {
        var fixture = ScenarioFixture(more: "question: \"a\\e[2Jb\\u009Bc\"")
        fixture.behaviours = "{ echo: { send: { text: a, rate: 1/s }, expect: { reply: identical, within: 5us } } }"
        let plan = Plan(try fixture.read())
        let text = PlanText.render(plan, usesUnicode: false)
        #expect(text.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) }, "\(text)")
        #expect(text.contains("#"))
        #expect(
            PlanText.render(plan).unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test func `a picture reaches its top at the greatest value and shows little as something`() {
        let unicode = PlanPlot(height: 2, usesUnicode: true)
        #expect(unicode.rows([0, 0.001, 8, 16, 12]) == ["   █▄", " ▁███"])
        #expect(PlanPlot(height: 2, usesUnicode: false).rows([0, 0.001, 8, 16, 12]) == ["   ##", " ####"])
        #expect(unicode.rows([0, 0]) == ["  ", "  "])
    }
}
