import BenchReports
import BenchResults
import FoundationEssentials
import Testing

@Suite struct `files as Autobahn|Testsuite writes them` {
    struct Cell: Decodable, Equatable {
        var behavior: String
        var behaviorClose: String
        var duration: Int
        var remoteCloseCode: Int?
        var reportfile: String
    }

    typealias Index = [String: [String: Cell]]

    private func files(_ results: [ConformanceResult]) -> [String: String] {
        var files: [String: String] = [:]
        AutobahnReport.forEachFile(of: results) { file in
            #expect(files[file.name] == nil, "\(file.name) is written twice")
            files[file.name] = file.text
        }
        return files
    }

    private func index(_ files: [String: String], _ name: String = "index.json") throws -> Index {
        try JSONDecoder().decode(Index.self, from: Data(try #require(files[name]).utf8))
    }

    @Test func `are laid out as Python does it`() throws {
        var run = SampleConformance.small()
        run.subject.agent = "My Agent/1.0"
        run.cases = [run.cases[0]]
        run.cases[0].row = "1.1.1"
        run.cases[0].variant = nil
        run.cases[0].group = "Autobahn"
        run.cases[0].behavior = .pass
        run.cases[0].close = .pass
        run.cases[0].duration = 7
        run.cases[0].remoteCloseCode = nil
        let expected = """
            {
               "My Agent/1.0": {
                  "1.1.1": {
                     "behavior": "OK",
                     "behaviorClose": "OK",
                     "duration": 7,
                     "remoteCloseCode": null,
                     "reportfile": "my_agent_1_0_case_1_1_1.json"
                  }
               }
            }
            """
        #expect(files([run])["index.json"] == expected)
    }

    @Test(arguments: [
        (BehaviorGrade.pass, CloseGrade?.some(.pass), "OK", "OK"), (.nonStrict, .pass, "NON-STRICT", "OK"),
        (.fail, .pass, "FAILED", "OK"), (.timeout, .fail, "FAILED", "FAILED"), (.crash, .unclean, "FAILED", "UNCLEAN"),
        (.information, .information, "INFORMATIONAL", "INFORMATIONAL"),
        (.information, nil, "INFORMATIONAL", "INFORMATIONAL"),
        (.skipped, nil, "UNIMPLEMENTED", "OK"), (.pass, .wrongCode, "OK", "WRONG CODE"),
        (.pass, .droppedBySuite, "OK", "FAILED BY CLIENT"), (.pass, nil, "OK", "OK"),
        (.pass, .nonStrict, "NON-STRICT", "OK"),
    ])
    func `map grades to Autobahn's words`(
        _ behavior: BehaviorGrade, _ close: CloseGrade?, _ name: String, _ closeName: String
    ) throws {
        var run = SampleConformance.small()
        run.cases = [run.cases[0]]
        run.cases[0].behavior = behavior
        run.cases[0].close = close
        let cell = try #require(try index(files([run]))["small"]?.values.first)
        #expect(cell.behavior == name)
        #expect(cell.behaviorClose == closeName)
    }

    @Test func `keep Autobahn's cases apart from the catalogue's, and hold each once`() throws {
        let run = SampleConformance(agent: "a", size: 300).result
        let files = files([run])
        let own = try #require(try index(files)["a"])
        let catalogue = try #require(try index(files, "index-catalogue.json")["a"])
        #expect(Set(own.keys) == Set(run.cases.filter { $0.group == "Autobahn" }.map(\.id)))
        #expect(own.count + catalogue.count == run.cases.count)
        for cell in own.values.map(\.reportfile) + catalogue.values.map(\.reportfile) {
            #expect(files[cell] != nil, "\(cell)")
        }
        var only = run
        only.cases.removeAll { $0.group == "Autobahn" }
        let second = self.files([only])
        #expect(try index(second)["a"]?.count == only.cases.count)
        #expect(second["index-catalogue.json"] == nil)
    }

    @Test func `merge several agents, also those whose file names are alike`() throws {
        let runs = ["node ws", "node-ws", "node ws"].map { agent in
            var run = SampleConformance.small()
            run.subject.agent = agent
            return run
        }
        let files = files(runs)
        let index = try index(files)
        #expect(index.keys.sorted() == ["node ws", "node ws 2", "node-ws"])
        let names = Set(index.values.flatMap { $0.values.map(\.reportfile) })
        #expect(names.count == runs.reduce(0) { $0 + $1.cases.count })
    }

    @Test(arguments: [
        ("../../etc/passwd", "etc_passwd_case_"), ("…", "unnamed_case_"), ("  Ä b ", "b_case_"), ("A1", "a1_case_"),
    ]) func `have names that no agent can lead astray`(_ agent: String, _ prefix: String) {
        var run = SampleConformance.small()
        run.subject.agent = agent
        for name in files([run]).keys where name != "index.json" && !name.hasPrefix("index-") {
            #expect(name.hasPrefix(prefix), "\(name)")
            #expect(!name.contains("/") && name.utf8.count < 255)
        }
    }

    @Test func `have every key of a detail file, read from the wire log`() throws {
        var run = SampleConformance.small()
        run.cases = [run.cases[0]]
        run.cases[0].wire = WireLog(entries: [
            .init(time: 0, connection: 0, kind: .sent, octets: hex("GET / HTTP/1.1\r\n\r\n"), length: 18),
            .init(time: 1, connection: 0, kind: .received, octets: hex("HTTP/1.1 101 Yes\r\n\r\n"), length: 20),
            .init(time: 2, connection: 0, kind: .sent, octets: "8182000000004869", length: 8),
            .init(time: 3, connection: 0, kind: .received, octets: "81024869880203e8", length: 8),
            .init(time: 4, connection: 0, kind: .sent, octets: "888200000000" + "03e8", length: 8),
            .init(time: 5, connection: 0, kind: .peerFinished),
        ])
        run.cases[0].remoteCloseCode = 1000
        let files = files([run])
        let text = try #require(files.first { $0.key.contains("_case_") }?.value)
        let detail = try JSONDecoder().decode(Detail.self, from: Data(text.utf8))
        #expect(detail.httpRequest == "GET / HTTP/1.1\r\n\r\n")
        #expect(detail.httpResponse == "HTTP/1.1 101 Yes\r\n\r\n")
        #expect(detail.rxFrameStats == ["1": 1, "8": 1])
        #expect(detail.txFrameStats == ["1": 1, "8": 1])
        #expect(detail.rxOctetStats == ["20": 1, "8": 1])
        #expect(detail.received == [["message", "0x4869"]])
        #expect(detail.localCloseCode == 1000 && detail.remoteCloseCode == 1000)
        #expect(detail.wasClean && !detail.closedByMe && !detail.isServer)
        for key in Self.keys { #expect(text.contains("\n   \"\(key)\": "), "\(key)") }
        #expect(text.components(separatedBy: "\n   \"").count - 1 == Self.keys.count)
    }

    private struct Detail: Decodable {
        var httpRequest: String
        var httpResponse: String
        var rxFrameStats: [String: Int]
        var txFrameStats: [String: Int]
        var rxOctetStats: [String: Int]
        var received: [[String]]
        var localCloseCode: Int?
        var remoteCloseCode: Int?
        var wasClean: Bool
        var closedByMe: Bool
        var isServer: Bool
    }

    private static let keys = [
        "agent", "behavior", "behaviorClose", "case", "closedByMe", "createStats", "createWirelog", "description",
        "droppedByMe", "duration", "expectation", "expected", "expectedClose", "failedByMe", "httpRequest",
        "httpResponse", "id", "isServer", "localCloseCode", "localCloseReason", "received", "remoteCloseCode",
        "remoteCloseReason", "reportCompressionRatio", "reportTime", "result", "resultClose", "rxFrameStats",
        "rxOctetStats", "started", "trafficStats", "txFrameStats", "txOctetStats", "wasClean",
        "wasCloseHandshakeTimeout", "wasNotCleanReason", "wasOpenHandshakeTimeout", "wasServerConnectionDropTimeout",
        "wirelog",
    ]
}

@Suite struct `a wire log read as frames` {
    /// A server's side of a conversation: head, a long text, a ping.
    static let octets =
        hex("HTTP/1.1 101 Yes\r\n\r\n") + "817e0100" + String(repeating: "61", count: 256) + "8901ff" + "8a00"

    @Test(arguments: [1, 2, 3, 7, 1000]) func `is the same however it was cut`(_ step: Int) throws {
        let digits = Array(Self.octets)
        let entries = stride(from: 0, to: digits.count, by: 2 * step).enumerated().map { index, start in
            let piece = String(digits[start..<min(start + 2 * step, digits.count)])
            return WireLog.Entry(
                time: index, connection: 0, kind: .received, octets: piece, length: piece.utf8.count / 2)
        }
        let counts = try stats(WireLog(entries: entries))
        #expect(counts == ["1": 1, "9": 1, "10": 1])
    }

    @Test func `skips payload that was left out, and ends where a header was`() throws {
        let head = hex("HTTP/1.1 101 Yes\r\n\r\n")
        let skipped = WireLog(entries: [
            .init(time: 0, connection: 0, kind: .received, octets: head + "827e0100" + "6161", length: 20 + 4 + 256),
            .init(time: 1, connection: 0, kind: .received, octets: "8900", length: 2),
        ])
        #expect(try stats(skipped) == ["2": 1, "9": 1])
        let lost = WireLog(entries: [
            .init(time: 0, connection: 0, kind: .received, octets: head + "8900", length: 20 + 10),
            .init(time: 1, connection: 0, kind: .received, octets: "8900", length: 2),
        ])
        #expect(try stats(lost) == ["9": 1])
    }

    @Test func `keeps connections and directions apart`() throws {
        let log = WireLog(entries: [
            .init(time: 0, connection: 0, kind: .received, octets: "8105", length: 2),
            .init(time: 1, connection: 1, kind: .received, octets: "8900", length: 2),
            .init(time: 2, connection: 0, kind: .sent, octets: "8a00", length: 2),
            .init(time: 3, connection: 0, kind: .received, octets: "48656c6c6f", length: 5),
        ])
        #expect(try stats(log) == ["1": 1, "9": 1])
    }

    private func stats(_ log: WireLog) throws -> [String: Int] {
        var run = SampleConformance.small()
        run.cases = [run.cases[0]]
        run.cases[0].wire = log
        var text = ""
        AutobahnReport.forEachFile(of: [run]) { if $0.name.contains("_case_") { text = $0.text } }
        struct Detail: Decodable { var rxFrameStats: [String: Int] }
        return try JSONDecoder().decode(Detail.self, from: Data(text.utf8)).rxFrameStats
    }
}

private func hex(_ text: String) -> String {
    text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
