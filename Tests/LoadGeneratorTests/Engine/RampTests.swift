import BenchResults
import Glibc
import Reactor
import Synchronization
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    @Suite struct RampTests {
        @Test func `connections come and go with the ramps`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages = """
                    [{ name: up, connections: 40, over: 300ms }, { name: full, hold: 300ms },
                     { name: down, connections: 10, over: 300ms }, { name: few, hold: 600ms },
                     { name: again, connections: 20, over: 200ms }]
                    """
                let result = try await scenario.run(loops: 2)
                #expect(result.verdict == .passed, "\(result.errors)")
                #expect(result.total("connections.opened") == 50)
                #expect(result.total("connections.closed") == 50)
                #expect(result.stages.map { $0.counters["connections.opened"] } == [40, 0, 0, 0, 10])
                let closed = result.stages.map { $0.counters["connections.closed"] ?? 0 }
                #expect(closed[0] + closed[1] == 0 && closed[2] + closed[3] == 30 && closed[4] == 20, "\(closed)")
                #expect(result.errors.isEmpty, "leaving is no error")
                #expect(result.stages.allSatisfy { stage in !stage.counters.keys.contains { $0.hasPrefix("close.") } })
            }
        }

        @Test func `a client that should leave while it connects does not stay`() async throws {
            // Nobody is let in before the ramp down has begun.
            let gate = Gate()
            try await TestServer.with(handler: Echo.init) { server in
                let front = try RawServer { socket in
                    gate.wait()
                    relay(socket, to: server.port)
                }
                defer { front.end() }
                var scenario = EngineScenario(port: front.port)
                scenario.stages = """
                    [{ name: up, connections: 6, over: 100ms }, { name: down, connections: 2, over: 100ms },
                     { name: few, hold: 1s }]
                    """
                let result = try await scenario.run { snapshot in
                    if snapshot.stageIndex == 2 { gate.open() }
                }
                #expect(result.total("connections.opened") == 6)
                #expect(result.stage("few")?.values["connections"] == 2)
            }
        }

        @Test func `attempts that are still under way when the run is over end with it`() async throws {
            // Accepts, and never answers the handshake.
            let server = try RawServer { RawServer.drain($0) }
            defer { server.end() }
            var scenario = EngineScenario(port: server.port)
            scenario.connect = "{ timeout: 60s }"
            scenario.stages = "[{ name: one, connections: 3, over: 50ms }]"
            let interruption = LoadRun.Interruption()
            let result = try await scenario.run(interruption: interruption) { _ in interruption.interrupt() }
            #expect(result.verdict == .interrupted)
            #expect(result.total("connections.opened") == 0)
        }
    }
}

/// Closed until it is opened, for threads.
private final class Gate: Sendable {
    private let isOpen = Atomic(false)

    func open() { isOpen.store(true, ordering: .releasing) }
    func wait() { while !isOpen.load(ordering: .acquiring) { usleep(2_000) } }
}

/// Hands bytes on, in both directions, until one side ends.
private func relay(_ client: Int32, to port: UInt16) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(server) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    let connected = withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard connected == 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    while true {
        var waiting = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: server, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, 60_000) > 0 else { return }
        for (from, to) in [(0, server), (1, client)] where waiting[from].revents != 0 {
            let count = recv(waiting[from].fd, &bytes, bytes.count, 0)
            guard count > 0 else {
                shutdown(to, Int32(SHUT_RDWR))
                return
            }
            send(to, bytes, count, Int32(MSG_NOSIGNAL))
        }
    }
}
