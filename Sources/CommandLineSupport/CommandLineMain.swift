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
        printError("\(Root._commandName): \(Root.message(for: error)) (see --help)")
        let isUsage = Root.exitCode(for: error) == .validationFailure
        exit((isUsage ? ExitStatus.usage : .internalError).rawValue)
    }
}

public func printError(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
