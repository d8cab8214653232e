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
    /// As numbered for the clients, from 1.
    private(set) var cases: [Case]
    private(set) var results: [String: [String: CaseResult]] = [:]
    /// Agents in the order in which they came.
    private(set) var agents: [String] = []
    /// Agents that said they are done.
    private(set) var finished: Set<String> = []
    private(set) var wantsEnd = false
    /// Connections that are being served, and when something last happened.
    private(set) var activeCount = 0
    private(set) var lastNews: UInt64
    private let bell: Bell

    init(cases: [Case], lane: Lane, timeouts: Timeouts, attempt: @escaping Attempt) {
        self.cases = cases
        self.lane = lane
        self.timeouts = timeouts
        self.attempt = attempt
        lastNews = lane.now
        bell = Bell(lane: lane)
    }

    /// Those of which `agent` has no result.
    func missing(of agent: String) -> [Case] { cases.filter { results[agent]?[$0.id] == nil } }

    /// Numbers only these from now on: for a client that was started again.
    func offer(_ cases: [Case]) { self.cases = cases }

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
        case "/getCaseCount": await answer(visitor, "\(cases.count)")
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
        if let result = await attempt(one, visit) { results[agent, default: [:]][one.id] = result }
    }

    /// The case that `?case=N` or `?casetuple=ID` means.
    private func one(_ target: RequestTarget) -> Case? {
        if let id = target.query["casetuple"] { return cases.first { $0.id == id } }
        guard let number = target.query["case"].flatMap({ Int($0) }), cases.indices.contains(number - 1) else {
            return nil
        }
        return cases[number - 1]
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
