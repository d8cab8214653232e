import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation
import Synchronization
import UnixSignals
import WebSocketConformance

/// What is the same for every run of the suite, whoever is under test: expectations, progress, the reports, the exit code.
struct ConformanceRun: Sendable {
    let options: RunOptions
    let selection: SelectionOptions
    let expectations: Expectations
    let seed: UInt64
    let transport: String
    let today: CalendarDate

    init(_ options: RunOptions, _ selection: SelectionOptions, transport: String) throws {
        self.options = options
        self.selection = selection
        self.transport = transport
        expectations = try options.readExpectations()
        seed = options.seed ?? UInt64.random(in: 1...999_999_999)
        guard let today = CalendarDate(Self.now()) else {
            throw CommandFailure(.internalError, "this machine's clock shows no date of our calendar: \(Self.now())")
        }
        self.today = today
    }

    /// ISO 8601 in UTC with seconds.
    static func now() -> String { Date.now.formatted(.iso8601) }

    /// The chosen cases.
    ///
    /// - Throws: ``CommandFailure`` (5) when none is.
    func cases(for role: CaseRole) throws -> [Case] {
        let cases = try selection.cases(for: role)
        guard !cases.isEmpty else {
            throw CommandFailure(.nothingSelected, "the selection matches no case of a \(role.rawValue)")
        }
        return cases
    }

    func settings(_ progress: ConformanceProgress) -> SuiteRunner.Settings {
        var settings = SuiteRunner.Settings()
        settings.seed = seed
        settings.timeouts = Timeouts(multiplier: options.timeoutMultiplier)
        settings.jobs = options.jobs
        settings.repetitions = options.repetitions
        settings.retries = options.retryUnexpected
        let judge = { @Sendable (result: CaseResult) -> CaseResult in
            var result = result
            expectations.judge(&result, transport: transport, today: today, strict: options.strict)
            return result
        }
        settings.isUnexpected = { judge($0).isUnexpected }
        settings.progress = { progress.show(judge($0)) }
        settings.phaseEnded = { progress.phaseEnded($0, count: $1, nanoseconds: $2) }
        settings.disabledReason = { one, role in
            expectations.disabledReason(
                row: one.row, variant: one.variant, role: role, transport: transport, today: today)
        }
        return settings
    }

    /// Everything found, with what was expected of it.
    func result(
        _ outcome: SuiteRunner.Outcome, subject: ConformanceResult.Subject, started: String, duration: Duration
    ) -> ConformanceResult {
        ConformanceResult(
            tool: .init(name: "wsbench", version: WSBench.version), subject: subject,
            settings: .init(
                seed: seed, strict: options.strict, timeoutMultiplier: options.timeoutMultiplier, jobs: options.jobs,
                command: CommandLine.arguments),
            started: started, duration: Int(duration / .milliseconds(1)), interruption: outcome.interruption?.words,
            selection: selection.words, cases: outcome.results,
            notRun: selection.words == nil
                ? Catalogue.rows.compactMap { row in
                    Catalogue.exclusion(of: row.id).map { .init(row: row.id, reason: $0) }
                } : [])
    }

    /// Writes the reports, prints the summary, and ends with the exit code that the results ask for.
    func conclude(_ results: [ConformanceResult], interruption: SuiteRunner.Interruption?, stop: StopReason) throws {
        var results = results
        var stale: [StaleExpectation] = []
        for index in results.indices {
            stale += expectations.apply(to: &results[index], today: today, strict: options.strict)
        }
        let files = try ConformanceReportFiles.write(results, to: options.output)
        if !options.quiet {
            let style = TerminalStyle(
                environment: ProcessInfo.processInfo.environment, isTerminal: isatty(STDOUT_FILENO) != 0)
            for result in results {
                print(ConformanceSummary.text(result, stale: stale, report: files.page, style: style), terminator: "")
            }
        }
        throw ExitCode(status(results, interruption, stop).rawValue)
    }

    private func status(
        _ results: [ConformanceResult], _ interruption: SuiteRunner.Interruption?, _ stop: StopReason
    ) -> ExitStatus {
        switch interruption {
        case .lost(let reason)?:
            printError("wsbench: \(reason)")
            return .unreachable
        case .stopped(let reason)?:
            if stop.status == .invalid { printError("wsbench: \(reason)") }
            return stop.status ?? .interrupted
        case nil: break
        }
        let cases = results.flatMap(\.cases)
        let flaky = cases.filter(\.isFlaky).count
        if let most = options.maxFlaky, flaky > most { return .failed }
        let isBad = { (found: CaseResult) in
            found.isUnexpectedlyBad(isStrict: options.strict)
                || (options.failOnUnexpectedPass && found.isUnexpected)
        }
        return cases.contains(where: isBad) ? .failed : .passed
    }
}

extension SuiteRunner.Interruption {
    var words: String {
        switch self {
        case .stopped(let reason), .lost(let reason): reason
        }
    }
}

/// Why a run was ended early by somebody else than the system under test.
final class StopReason: Sendable {
    private let reason = Mutex<ExitStatus?>(nil)

    var status: ExitStatus? { reason.withLock { $0 } }

    /// Ends the run at SIGINT, SIGTERM and when its time is over: in order at the first, at once at the second signal.
    ///
    /// - Parameter end: ends what must not outlive this process.
    func watch(
        budget: Duration?, stop: @escaping @Sendable (String) async -> Void, end: @escaping @Sendable () -> Void
    ) -> Task<Void, Never> {
        Task {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                        let status: ExitStatus = signal == .sigterm ? .terminated : .interrupted
                        if self.end(with: status) {
                            await stop(signal == .sigterm ? "terminated by SIGTERM" : "interrupted by SIGINT")
                        } else {
                            end()
                            exit(status.rawValue)
                        }
                    }
                }
                if let budget {
                    group.addTask {
                        guard (try? await Task.sleep(for: budget)) != nil, self.end(with: .timeBudget) else { return }
                        await stop("the time budget of \(budget) is used up")
                    }
                }
            }
        }
    }

    /// The first reason counts.
    ///
    /// - Returns: whether it is this one.
    @discardableResult
    func end(with status: ExitStatus) -> Bool {
        reason.withLock { reason in
            guard reason == nil else { return false }
            reason = status
            return true
        }
    }
}
