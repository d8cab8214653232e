import BenchResults
import Testing

@testable import WebSocketConformance

/// The list of cases as a whole.
struct SuiteTests {
    @Test(arguments: CaseRole.allCases)
    func `no two cases of a role have one id`(role: CaseRole) {
        let ids = Suite.cases.filter { $0.roles.contains(role) }.map(\.id)
        let counts = Dictionary(ids.map { ($0, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }
        #expect(counts.isEmpty)
    }

    @Test func `every row of the catalogue that is not left out has a case for every role it names`() {
        let coverage = Coverage(of: Suite.cases)
        #expect(coverage.isComplete)
        #expect(coverage.groups.flatMap(\.missing) == [])
    }

    @Test func `the catalogue has 504 rows, each with its own id`() {
        #expect(Catalogue.rows.count == 504)
        #expect(Set(Catalogue.rows.map(\.id)).count == 504)
    }

    @Test func `no case judges a role that its row does not name`() {
        let strangers = Suite.cases.filter { one in
            guard let row = Catalogue.row(one.row) else { return !one.isAutobahn }
            return !one.roles.isSubset(of: row.roles)
        }
        #expect(strangers.map(\.id) == [])
    }

    @Test func `variants are lower case words with hyphens, so that names of results stay readable`() {
        let odd = Suite.cases.compactMap(\.variant).filter { variant in
            variant.isEmpty
                || !variant.utf8.allSatisfy {
                    (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x2e
                }
        }
        #expect(odd == [])
    }

    @Test func `Autobahn's 517 cases are there under their own ids, in its order`() {
        let ids = Suite.cases.filter(\.isAutobahn).map(\.id)
        #expect(ids.count == 517)
        let sections = ids.map { $0.split(separator: ".").compactMap { Int($0) } }
        #expect(sections.allSatisfy { $0.count == 2 || $0.count == 3 })
        #expect(zip(sections, sections.dropFirst()).allSatisfy { $0[0] <= $1[0] })
    }

    @Test func `every case says what it accepts`() {
        #expect(Suite.cases.filter(\.accepts.isEmpty).map(\.id) == [])
    }
}

/// Choosing cases.
struct SelectionTests {
    @Test(arguments: [
        (["F-012"], "F-012#text-rsv1"), (["F-0?2"], "F-012#text-rsv1"), (["F-012#text-*"], "F-012#text-rsv1"),
        (["F"], "F-012#text-rsv1"), (["H-001", "F-*"], "F-012#text-rsv1"),
    ])
    func `a case is chosen by its id, its row, its group, and globs over them`(only: [String], id: String) throws {
        var selection = Selection()
        selection.only = only
        #expect(try selection.cases(for: .server).contains { $0.id == id })
    }

    @Test func `what is skipped is left out of what is chosen`() throws {
        var selection = Selection()
        selection.only = ["F-012"]
        selection.skip = ["F-012#text-*"]
        let ids = try selection.cases(for: .server).map(\.id)
        #expect(!ids.isEmpty)
        #expect(!ids.contains { $0.contains("#text-") })
    }

    @Test(arguments: ["F-999", "Q-*", "f-012", "F-012#nothing"])
    func `a pattern that no case of the suite has is refused`(pattern: String) {
        var selection = Selection()
        selection.only = [pattern]
        #expect(throws: Selection.UnknownPattern(pattern: pattern)) { try selection.cases(for: .server) }
    }

    @Test func `the shards are everything, once`() throws {
        var selection = Selection()
        selection.only = ["U"]
        let all = try selection.cases(for: .client).map(\.id)
        var parts: [String] = []
        for index in 1...4 {
            selection.shard = (index, 4)
            parts += try selection.cases(for: .client).map(\.id)
        }
        #expect(parts.sorted() == all.sorted())
    }

    @Test func `a level chooses requirements of that level only`() throws {
        var selection = Selection()
        selection.levels = [.should]
        let cases = try selection.cases(for: .server)
        #expect(!cases.isEmpty)
        #expect(cases.allSatisfy { $0.effectiveLevel == .should })
    }
}

/// The capability file.
struct CapabilityFileTests {
    @Test func `paths, limits and times are read`() throws {
        let text = """
            paths: { deflate: /d, limit: /l }
            features: [proxy]
            message-limit: 2MiB
            handshake-timeout: 3s
            keep-alive: 500ms
            close-timeout: 4s
            connection-limit: 100
            """
        let found = try CapabilityFile.read(text, file: "x")
        #expect(found.paths == [.deflate: "/d", .limit: "/l"])
        #expect(
            found.features == [.proxy, .messageLimit, .handshakeTimeout, .keepAlive, .closeTimeout, .connectionLimit])
        #expect(found.messageLimit == 2 << 20)
        #expect(found.handshakeTimeout == 3)
        #expect(found.idleTimeout == 0.5)
        #expect(found.closeTimeout == 4)
        #expect(found.connectionLimit == 100)
    }

    @Test(arguments: [
        ("path: {}", 1, "did you mean `paths`?"), ("paths:\n  deflat: /d", 2, "did you mean `deflate`?"),
        ("paths:\n  deflate: d", 2, "begins with /"), ("features: proxy", 1, "is a list"),
        ("features: [proxi]", 1, "did you mean `proxy`?"), ("message-limit: lots", 1, "write for example"),
        ("keep-alive: 0s", 1, "above zero"), ("keep-alive: 2h", 1, "at most one hour"),
        ("connection-limit: 100000", 1, "at most 5000"), ("- a", 1, "is a mapping"), ("a: [", 1, "not YAML"),
        ("message-limit: 1MiB\nmessage-limit: 1MiB", 1, "twice"),
    ])
    func `what is wrong is named with its line`(text: String, line: Int, words: String) {
        do throws(CapabilityFileError) {
            _ = try CapabilityFile.read(text, file: "capabilities.yaml")
            Issue.record("\(text) was read")
        } catch {
            #expect(error.line >= line)
            #expect(error.description.hasPrefix("capabilities.yaml:"))
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    @Test func `an empty file declares nothing`() throws {
        #expect(try CapabilityFile.read("", file: "x") == Capabilities())
    }
}

/// The model that random octets are compared with.
struct ReferenceConversationTests {
    private static func octets(_ frames: [Frame]) -> [UInt8] {
        var random = SeededRandom(seed: 1)
        return frames.flatMap { $0.encoded(by: .client, random: &random) }
    }

    @Test func `messages and pongs come in the order of what asks for them`() {
        let model = ReferenceConversation(
            Self.octets([.text("a"), .ping("p"), .binary([1], isFinal: false), .continuation([2])]), from: .client)
        #expect(model.events == [.text("a"), .pong("p"), .binary([1, 2])])
        #expect(model.ending == .open)
    }

    @Test(arguments: [
        [Frame.text("x").with(reservedBits: 1)], [Frame(3)], [Frame.continuation("x")],
        [Frame.ping("x").with(isFinal: false)], [Frame.text([0xff])], [Frame.close(1005)],
        [Frame(Frame.close, [1])], [Frame.text("x").with(masking: .against)],
        [Frame.text("x", isFinal: false), Frame.text("y")],
    ])
    func `a violation fails the connection`(frames: [Frame]) {
        let model = ReferenceConversation(Self.octets([.text("before")] + frames + [.text("behind")]), from: .client)
        #expect(model.events == [.text("before")])
        #expect(model.ending == .failed)
    }

    @Test(arguments: [
        ([Event.pong("p"), .text("a"), .binary([1, 2])], true, true), ([.text("a"), .pong("p")], true, false),
        ([.text("a"), .binary([1, 2])], true, false), ([], true, false),
        ([.binary([1, 2]), .text("a")], false, false),
        ([.pong("p"), .pong("p")], false, false), ([.text("a"), .text("b")], false, false),
        ([.text("a"), .binary([1, 2]), .pong("p"), .text("a")], false, true),
    ])
    func `a pong may overtake echoes, and nothing else may change places`(
        received: [Event], isAllowed: Bool, isWhole: Bool
    ) {
        let model = ReferenceConversation(Self.octets([.text("a"), .ping("p"), .binary([1, 2])]), from: .client)
        #expect(model.allows(received) == isAllowed)
        #expect(model.isSatisfied(by: received) == isWhole)
    }

    @Test func `one pong may do for several pings, and the last one must come`() {
        let model = ReferenceConversation(Self.octets([.ping("1"), .ping("2"), .ping("3")]), from: .client)
        for received in [[Event.pong("3")], [.pong("1"), .pong("3")], [.pong("1"), .pong("2"), .pong("3")]] {
            #expect(model.allows(received) && model.isSatisfied(by: received))
        }
        #expect(model.allows([.pong("2")]) && !model.isSatisfied(by: [.pong("2")]))
        #expect(!model.allows([.pong("3"), .pong("1")]))
    }

    @Test(arguments: [
        Self.octets([.text("x").with(length: .bits16)]),
        Self.octets([Frame.binary([]).with(length: .declared64(1 << 40))]),
    ])
    func `behind a length that is read in two ways both are allowed`(octets: [UInt8]) {
        let model = ReferenceConversation(Self.octets([.text("before")]) + octets, from: .client)
        #expect(model.isUnclear && model.ending == .open)
        #expect(model.allows([.text("before"), .text("x"), .pong("y")]) && model.allows([.text("before")]))
        #expect(!model.allows([.text("x")]))
    }

    @Test func `a length of 64 bits whose first is set fails the connection`() {
        let octets = Self.octets([Frame.binary([]).with(length: .declared64(1 << 63))])
        #expect(ReferenceConversation(octets, from: .client).ending == .failed)
    }

    @Test func `a close ends it, and an incomplete frame leaves it open`() {
        #expect(ReferenceConversation(Self.octets([.close(1000), .text("x")]), from: .client).ending == .closed)
        let cut = Self.octets([.text("abc")]).dropLast()
        #expect(ReferenceConversation(Array(cut), from: .client).ending == .open)
        #expect(!ReferenceConversation(Array(cut), from: .client).mayFail)
    }

    @Test(arguments: [
        (Frame.close(1000), ReferenceConversation.Ending.closed, Optional<UInt16>(1000)), (.close(1005), .failed, 1005),
        (.close(24946), .failed, 24946), (Frame(Frame.close, [0x03, 0xe8, 0xff]), .failed, 1000),
        (Frame(Frame.close, []), .closed, nil), (Frame(Frame.close, [3]), .failed, nil),
    ])
    func `the code of a close is known, valid or not`(
        close: Frame, ending: ReferenceConversation.Ending, code: UInt16?
    ) {
        let model = ReferenceConversation(Self.octets([.text("before"), close]), from: .client)
        #expect(model.ending == ending)
        #expect(model.closeCode == code)
    }

    @Test func `a part of a frame that is wrong already may fail the connection, and a whole one must`() {
        // A reserved opcode with a mask, whose key and payload are still to come.
        let octets: [UInt8] = [0x83, 0x81, 1, 2, 3, 4, 5]
        for count in 2..<octets.count {
            let model = ReferenceConversation(Array(octets.prefix(count)), from: .client)
            #expect(model.ending == .open)
            #expect(model.mayFail)
        }
        #expect(ReferenceConversation(octets, from: .client).ending == .failed)
    }
}
