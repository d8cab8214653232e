import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation
import WebSocketConformance

/// How cases run and what is made of the results; the same for servers and clients under test.
struct RunOptions: ParsableArguments {
    @Option(help: "What reports call the system under test. Default: what it says of itself.")
    var agent: String?

    @Option(
        help: "What the system under test offers beyond an echo (YAML or JSON): paths of fixtures, limits, timeouts.",
        completion: .file()
    )
    var capabilities: String?

    @Option(help: "Where the reports go.", completion: .directory)
    var output = "conformance-report"

    @Option(help: "The source of all randomness. Default: chosen, and shown.")
    var seed: UInt64?

    @Option(name: .customLong("repeat"), help: "Run every case so often; the worst result counts.")
    var repetitions = 1

    @Option(help: "Cases at once, where they do not disturb each other.")
    var jobs = 16

    @Option(help: "Grant every wait so many times its usual length, for slow machines.")
    var timeoutMultiplier = 1.0

    @Flag(help: "What a specification would rather have (SHOULD) is required.")
    var strict = false

    @Option(help: "What is known of the system under test; results are compared with it.", completion: .file())
    var expectations: String?

    @Flag(help: "A result that is better than expected fails the run, too.")
    var failOnUnexpectedPass = false

    @Option(help: "Try cases with an unexpected result again, alone, so often.")
    var retryUnexpected = 0

    @Option(help: "How many cases may come right only after a retry.")
    var maxFlaky: Int?

    @Option(help: "End the run after this time, for example 10m.", transform: parseDuration)
    var timeBudget: Duration?

    @Flag(help: "List the chosen cases instead of running them.")
    var list = false

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    func validate() throws {
        guard (1...1024).contains(jobs) else { throw ValidationError("--jobs is a number from 1 to 1024.") }
        guard (1...1000).contains(repetitions) else { throw ValidationError("--repeat is a number from 1 to 1000.") }
        guard (0...10).contains(retryUnexpected) else {
            throw ValidationError("--retry-unexpected is a number from 0 to 10.")
        }
        guard timeoutMultiplier >= 0.1, timeoutMultiplier <= 100 else {
            throw ValidationError("--timeout-multiplier is a number from 0.1 to 100.")
        }
        if let maxFlaky, maxFlaky < 0 { throw ValidationError("--max-flaky is not negative.") }
    }

    func readCapabilities() throws -> Capabilities {
        guard let capabilities else { return Capabilities() }
        let text: String
        do {
            text = try String(contentsOfFile: capabilities, encoding: .utf8)
        } catch {
            throw CommandFailure(.usage, "cannot read \(capabilities): \(error.localizedDescription)")
        }
        do {
            return try CapabilityFile.read(text, file: capabilities)
        } catch {
            throw CommandFailure(.usage, error.description)
        }
    }

    func readExpectations() throws -> Expectations {
        guard let expectations else { return .none }
        let text: String
        do {
            text = try String(contentsOfFile: expectations, encoding: .utf8)
        } catch {
            throw CommandFailure(.usage, "cannot read \(expectations): \(error.localizedDescription)")
        }
        do throws(ExpectationsError) {
            return try Expectations(parsing: text, file: expectations)
        } catch {
            throw CommandFailure(.usage, error.description)
        }
    }
}
