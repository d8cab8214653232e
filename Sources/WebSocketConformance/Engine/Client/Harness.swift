import BenchResults
import FoundationEssentials
import Reactor

/// The control endpoints of a fuzzing server as Autobahn|Testsuite has them, so that client harnesses written for it run
/// unchanged: a client asks how many cases there are, visits one after the other, and says when it is done.
///
/// `@unchecked Sendable`: touched on its lane only.
final class Harness: @unchecked Sendable {
    /// Different names of clients that are kept apart in one run.
    static let agentLimit = 16

    /// Runs one case on one visitor.
    typealias Attempt = @Sendable (Case, OnLane<HarnessVisit>) async -> CaseResult?

    private let lane: Lane
    private let timeouts: Timeouts
    private let attempt: Attempt
    private let cases: [Case]
    /// As numbered for the clients, from 1; a case that runs several times has several numbers.
    private var offered: [Case]
    private let repetitions: Int
    /// Of each agent the cases that have a result already, and get another chance.
    private var retried: [String: Set<String>] = [:]
    /// Whether some do.
    var isRetrying: Bool { !retried.isEmpty }
    private(set) var results: [String: [String: CaseResult]] = [:]
    /// How often a case has run with an agent.
    private var visits: [String: [String: Int]] = [:]
    /// Agents in the order in which they came.
    private(set) var agents: [String] = []
    /// Agents that said they are done.
    private(set) var finished: Set<String> = []
    private(set) var wantsEnd = false
    /// Connections that are being served, and when something last happened.
    private(set) var activeCount = 0
    private(set) var lastNews: UInt64
    private let bell: Bell

    /// - Parameter repetitions: how often every case runs; the worst result counts.
    init(cases: [Case], repetitions: Int, lane: Lane, timeouts: Timeouts, attempt: @escaping Attempt) {
        self.cases = cases
        self.repetitions = max(1, repetitions)
        offered = Array(repeatElement(cases, count: self.repetitions).joined())
        self.lane = lane
        self.timeouts = timeouts
        self.attempt = attempt
        lastNews = lane.now
        bell = Bell(lane: lane)
    }

    /// What is still to run with `agent`, a case as often as it is still to run.
    func missing(of agent: String) -> [Case] {
        (0..<repetitions).flatMap { round in cases.filter { visits[agent]?[$0.id] ?? 0 <= round } }
    }

    /// How many visits of `agent` have led to a result.
    func visitCount(of agent: String) -> Int { (visits[agent] ?? [:]).values.reduce(0, +) }

    /// Numbers only these from now on: for a client that was started again.
    func offer(_ cases: [Case]) { offered = cases }

    /// Gives those cases another chance whose result is not as expected, when there are any. A crash gets none.
    ///
    /// - Returns: whether there are.
    func retry(_ isUnexpected: (CaseResult) -> Bool) -> Bool {
        let unexpected = results.mapValues { found in
            Set(found.values.filter { $0.verdict != .crash && isUnexpected($0) }.map(\.id))
        }.filter { !$0.value.isEmpty }
        guard !unexpected.isEmpty else { return false }
        retried = unexpected
        offered = cases.filter { one in unexpected.values.contains { $0.contains(one.id) } }
        finished = []
        wantsEnd = false
        lastNews = lane.now
        return true
    }

    /// Waits until something happens, or `deadline`.
    func wait(until deadline: UInt64) async { _ = await bell.wait(until: deadline) }

    func ring() { bell.ring() }

    func receive(_ visitor: Visitor) {
        let moved = OnLane((self, visitor))
        activeCount += 1
        Task(executorPreference: lane.loop) {
            let (harness, visitor) = moved.value
            await harness.serve(visitor)
            harness.activeCount -= 1
            harness.lastNews = harness.lane.now
            harness.bell.ring()
        }
    }

    private func serve(_ visitor: Visitor) async {
        lastNews = lane.now
        let target = RequestTarget(visitor.head.target ?? "")
        switch target.path {
        case "/getCaseCount": await answer(visitor, "\(offered.count)")
        case "/getCaseInfo": await answer(visitor, one(target).map(Self.information) ?? "{}")
        case "/getCaseStatus": await answer(visitor, status(target))
        case "/runCase": await run(visitor, target)
        case "/updateReports":
            finished.insert(agent(target, visitor))
            if target.query["shutdownOnComplete"] == "true" { wantsEnd = true }
            await answer(visitor, nil)
        case "/stopServer":
            wantsEnd = true
            await answer(visitor, nil)
        default:
            await visitor.wire.send(
                HTTPHeadText(
                    startLine: "HTTP/1.1 404 Not Found", fields: [("Content-Length", "0"), ("Connection", "close")]
                ).octets)
            visitor.wire.finish()
            _ = await visitor.wire.waitForEnd(until: lane.now &+ timeouts.answer)
            visitor.wire.drop()
        }
    }

    private func answer(_ visitor: Visitor, _ message: String?) async {
        await Courtesy.answer(visitor, message: message, lane: lane, patience: timeouts.answer)
    }

    private func run(_ visitor: Visitor, _ target: RequestTarget) async {
        let agent = agent(target, visitor)
        if !agents.contains(agent), agents.count < Self.agentLimit { agents.append(agent) }
        guard let one = one(target), agents.contains(agent) else { return await answer(visitor, nil) }
        let visit = OnLane(HarnessVisit(visitor, lane: lane, patience: timeouts.answer))
        if let result = await attempt(one, visit) { record(result, of: agent) }
    }

    private func record(_ result: CaseResult, of agent: String) {
        visits[agent, default: [:]][result.id, default: 0] += 1
        var result = result
        if let earlier = results[agent]?[result.id] {
            if isRetrying {
                // Another agent may have had nothing to mend.
                guard retried[agent]?.contains(result.id) ?? false else { return }
                result.earlierAttempts = earlier.earlierAttempts + [earlier.verdict]
            } else {
                result = SuiteRunner.worse(earlier, result)
            }
        }
        results[agent, default: [:]][result.id] = result
    }

    /// The case that `?case=N` or `?casetuple=ID` means.
    private func one(_ target: RequestTarget) -> Case? {
        if let id = target.query["casetuple"] { return cases.first { $0.id == id } }
        guard let number = target.query["case"].flatMap({ Int($0) }),
            number > 0, number <= offered.count
        else { return nil }
        return offered[number - 1]
    }

    private func agent(_ target: RequestTarget, _ visitor: Visitor) -> String {
        let name = target.query["agent"] ?? visitor.head.value("User-Agent") ?? "client"
        return name.isEmpty ? "client" : String(name.prefix(100))
    }

    private static func information(_ one: Case) -> String {
        json(["id": one.id, "description": one.title])
    }

    private func status(_ target: RequestTarget) -> String {
        let agent = target.query["agent"] ?? ""
        let result = one(target).flatMap { results[agent]?[$0.id] }
        return Self.json(["behavior": result.map { Self.word($0.verdict) } ?? "UNIMPLEMENTED"])
    }

    /// What Autobahn calls it.
    private static func word(_ verdict: CaseVerdict) -> String {
        switch verdict {
        case .pass, .wrongCode, .unclean: "OK"
        case .nonStrict: "NON-STRICT"
        case .fail, .timeout, .crash: "FAILED"
        case .information: "INFORMATIONAL"
        case .skipped: "UNIMPLEMENTED"
        }
    }

    private static func json(_ object: [String: String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(object)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
