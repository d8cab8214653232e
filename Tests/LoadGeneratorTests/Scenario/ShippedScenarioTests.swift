import Glibc
import Testing
import WebSocketTransport

@testable import LoadGenerator

@Suite struct ShippedScenarioTests {
    static let names = ["quickstart", "echo-closed-loop", "echo-open-loop", "idle-connections"]

    static func text(_ name: String) throws -> String {
        // Tests/LoadGeneratorTests/Scenario/This.swift, so the package is three folders up from this one.
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(
            separator: "/")
        let file = try #require(fopen("\(folder)/Scenarios/\(name).yaml", "r"), "\(name)")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    @Test(arguments: names)
    func `a shipped scenario opens with its question and its budget`(_ name: String) throws {
        let lines = try Self.text(name).split(separator: "\n")
        #expect(lines[0].hasPrefix("# Question: "))
        #expect(lines[1].hasPrefix("# Budget:   "))
    }

    @Test(arguments: names)
    func `a shipped scenario reads cleanly and can be planned`(_ name: String) throws {
        let scenario = try ScenarioReader.read(text: Self.text(name), file: "Scenarios/\(name).yaml")
        #expect(scenario.name == name)
        #expect(scenario.question != nil)
        #expect(scenario.budget != nil)
        #expect(!scenario.thresholds.isEmpty)
        #expect(scenario.target.url.description == "ws://127.0.0.1:9001/echo")
        #expect(scenario.server.sample?.process == .started)
        // A process has at most 20,000 descriptors.
        #expect(Plan(scenario, machine: .init(descriptorLimit: 20_000)).warnings.isEmpty)
    }

    @Test(arguments: names)
    func `its port comes from the environment`(_ name: String) throws {
        let scenario = try ScenarioReader.read(
            text: Self.text(name), file: "\(name).yaml", environment: ["WSB_PORT": "9100"])
        #expect(scenario.target.url.port == 9100)
    }

    private static func plan(_ name: String) throws -> Plan {
        Plan(try ScenarioReader.read(text: text(name), file: "Scenarios/\(name).yaml"))
    }

    @Test func `the quickstart has 2,000 clients, three of four talking, for 25 seconds`() throws {
        let plan = try Self.plan("quickstart")
        #expect(plan.peakConnections == 2_000)
        #expect(plan.duration == 25_000_000_000)
        #expect(plan.messagesPerSecond(at: 20_000_000_000) == 7_500)
        #expect(plan.scenario.loadModel == "open")
    }

    @Test func `the closed loop saturates, the open loop holds its rate`() throws {
        let closed = try Self.plan("echo-closed-loop").scenario
        #expect(closed.loadModel == "closed")
        #expect(closed.behaviours[0].send?.drive == .closed(inFlight: 1))
        let open = try Self.plan("echo-open-loop")
        #expect(open.scenario.loadModel == "open")
        #expect(open.messagesPerSecond(at: 10_000_000_000) == 5_000)
        #expect(open.messagesPerSecond(at: 40_000_000_000) == 10_000)
    }

    @Test func `15,000 idle connections send nothing but pings`() throws {
        let plan = try Self.plan("idle-connections")
        #expect(plan.peakConnections == 15_000)
        #expect(plan.scenario.loadModel == "idle")
        #expect(plan.plannedMessages == nil)
        #expect(plan.scenario.payloads.isEmpty)
    }
}
