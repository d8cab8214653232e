public import ArgumentParser
import Glibc

/// Runs a command and ends the process with the documented exit codes; errors go to standard error, in one line where
/// one line says it.
public func runCommandLine<Root: AsyncParsableCommand>(_ root: Root.Type) async -> Never {
    do {
        var command = try Root.parseAsRoot()
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
        exit(ExitStatus.passed.rawValue)
    } catch let failure as CommandFailure {
        printError("\(Root._commandName): \(failure.description)")
        exit(failure.status.rawValue)
    } catch let code as ExitCode {
        exit(code.rawValue)
    } catch {
        if Root.exitCode(for: error) == .success {
            print(Root.fullMessage(for: error))
            exit(ExitStatus.passed.rawValue)
        }
        guard Root.exitCode(for: error) == .validationFailure else {
            printError("\(Root._commandName): \(error)")
            exit(ExitStatus.internalError.rawValue)
        }
        printError(
            "\(Root._commandName): \(usageProblem(Root.message(for: error), full: Root.fullMessage(for: error)))")
        exit(ExitStatus.usage.rawValue)
    }
}

/// One sentence on what is wrong, and where to read more: the whole usage behind it would bury it.
private func usageProblem(_ message: String, full: String) -> String {
    var first = message.split(separator: "\n").first.map(String.init) ?? "bad usage"
    if first.hasSuffix(".") { first.removeLast() }
    // The parser's last line names the subcommand whose help is meant: "  See 'wsserver echo --help' for …".
    let quoted = full.split(separator: "\n").last?.split(separator: "'", omittingEmptySubsequences: false) ?? []
    return quoted.count == 3 ? "\(first) (see `\(quoted[1])`)" : first
}

public func printError(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
