import CommandLineSupport
import Foundation
import LoadGenerator

/// A scenario and the text it was read from.
struct ScenarioSource {
    let scenario: Scenario
    let text: String
    /// Nil when the scenario was made from options.
    let file: String?

    /// Reads a scenario file.
    ///
    /// - Throws: ``CommandFailure`` (2) with every problem of the file, one a line.
    init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(.usage, "cannot read the scenario \(file): no such file, or no permission")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw CommandFailure(.usage, "\(file) is not UTF-8 text")
        }
        self.file = file
        self.text = text
        do throws(ScenarioError) {
            scenario = try ScenarioReader.read(
                text: text, file: file, environment: ProcessInfo.processInfo.environment)
        } catch {
            throw Self.failure(error)
        }
    }

    /// The scenario that command-line options stand for.
    init(_ options: ScenarioText.Options) throws {
        file = nil
        text = ScenarioText.render(options)
        do throws(ScenarioError) {
            scenario = try ScenarioText.scenario(options)
        } catch {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: ScenarioError) -> CommandFailure {
        let count = error.problems.count
        return CommandFailure(
            .usage, "the scenario has \(count == 1 ? "a problem" : "\(count) problems"):\n\(error)")
    }
}
