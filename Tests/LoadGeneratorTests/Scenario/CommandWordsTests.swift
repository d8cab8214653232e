import Testing

@testable import LoadGenerator

@Suite struct CommandWordsTests {
    @Test(arguments: [
        ("a b", ["a", "b"]), ("  a\t'b c' ", ["a", "b c"]), (#"a "b \" c" d\ e"#, ["a", "b \" c", "d e"]),
        ("a ''", ["a", ""]),
        (#"'a\b' "c\d""#, [#"a\b"#, #"c\d"#]), ("--x=${y:-a b}", ["--x=${y:-a b}"]), ("a\"b\"'c'", ["abc"]),
    ])
    func `a command is split as a shell would`(_ command: String, _ words: [String]) throws {
        #expect(try CommandWords.split(command) == words)
    }

    @Test(arguments: ["a | b", "a && b", "a > b", "a; b", "a `b`", "a 'b", "a \"b", "a \\"])
    func `what only a shell could do is refused`(_ command: String) {
        #expect(throws: CommandWords.Failure.self) { try CommandWords.split(command) }
    }
}
