import ArgumentParser
import BenchResults
import CommandLineSupport
import WebSocketConformance

/// Which cases run; the same for every command that runs or lists them.
struct SelectionOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: "Only these: ids, rows or groups, with * and ?, for example 'D-*' F-012 'F-001#text-*' H2.")
    var only: [String] = []

    @Option(parsing: .upToNextOption, help: "Not these, written in the same way.")
    var skip: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: "Only requirements of these levels: must, should, may, sec, rob, info.", transform: parseLevel)
    var level: [RequirementLevel] = []

    @Option(parsing: .upToNextOption, help: "Only cases with one of these tags.")
    var tag: [String] = []

    @Option(help: "Only part I of N, for example 2/4: the parts together are everything.")
    var shard: Shard?

    @Flag(help: "Autobahn|Testsuite's 517 cases under their own ids, instead of the catalogue's.")
    var autobahn = false

    /// - Throws: ``CommandFailure`` (2) for a pattern that no case of the suite has.
    func cases(for role: CaseRole) throws -> [Case] {
        var selection = Selection()
        selection.only = only
        selection.skip = skip
        selection.levels = Set(level)
        selection.tags = Set(tag)
        selection.shard = shard.map { ($0.index, $0.count) }
        selection.includesAutobahn = autobahn
        do throws(Selection.UnknownPattern) {
            return try selection.cases(for: role)
        } catch {
            throw CommandFailure(
                .usage, "no case is called `\(error.pattern)`; `wsbench conformance --list` names them all")
        }
    }

    /// The part of the suite that is chosen, in the words of the command line; nil for all of it.
    var words: String? {
        var words: [String] = []
        if !only.isEmpty { words.append("--only \(only.joined(separator: " "))") }
        if !skip.isEmpty { words.append("--skip \(skip.joined(separator: " "))") }
        if !level.isEmpty { words.append("--level \(level.map { $0.rawValue.lowercased() }.joined(separator: " "))") }
        if !tag.isEmpty { words.append("--tag \(tag.joined(separator: " "))") }
        if let shard { words.append("--shard \(shard.index)/\(shard.count)") }
        if autobahn { words.append("--autobahn") }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    struct Shard: ExpressibleByArgument {
        let index: Int
        let count: Int

        init?(argument: String) {
            let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count else {
                return nil
            }
            self.index = index
            self.count = count
        }
    }
}

@Sendable
private func parseLevel(_ text: String) throws -> RequirementLevel {
    guard let level = RequirementLevel(rawValue: text.uppercased()) else {
        throw ValidationError("`\(text)` is none of must, should, may, sec, rob, info")
    }
    return level
}
