import Foundation

/// Figures that need the inside of the package: what a broadcast and a compressed message cost beside the bare calls.
/// `Scenarios/peers/protocol.py` runs it and writes the report; prints one JSON object.
@main
enum Measurements {
    static let usage = """
        usage: measurements zlib FILE LEVEL CONTEXTS BURST   zlib alone: inflate and deflate each line of FILE, with so many
                                                             contexts in turn and so many messages of each at once
               measurements broadcast HOST:PORT CONNECTIONS SIZE ROUNDS   to so many connections, in turn with bare sends

        """

    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch (words.first, words.dropFirst().map { Int($0) ?? 0 }) {
        case ("zlib", let numbers) where numbers.count == 4:
            try BareZlib(file: words[1], level: numbers[1], contexts: numbers[2], burst: numbers[3]).run()
        case ("broadcast", let numbers) where numbers.count == 4:
            try await Broadcast(connections: numbers[1], size: numbers[2], rounds: numbers[3]).run(on: words[1])
        default:
            printError(usage)
            exit(2)
        }
    }

    static func printError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
