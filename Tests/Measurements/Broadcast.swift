import CLinux
import Foundation
import Logging
import Synchronization
import WebSocketTransport

/// One message to every connection, through the server and by a bare loop over the same sockets, in turn.
struct Broadcast {
    let connections: Int
    let size: Int
    let rounds: Int

    /// Keeps its connections. Used on one loop.
    private final class Members: WebSocketHandler, @unchecked Sendable {
        /// Touched on the loop only.
        var list: [WebSocketConnection] = []
        let count = Atomic(0)

        func opened(_ connection: WebSocketConnection) {
            list.append(connection)
            count.add(1, ordering: .relaxed)
        }

        func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {}
    }

    func run(on address: String) async throws {
        let members = Members()
        var configuration = WebSocketConfiguration()
        configuration.pingInterval = nil
        let logger = Logger(label: "broadcast") { _ in SwiftLogNoOpLogHandler() }
        let group = try EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let server = try WebSocketServer.start(
            on: address, group: group, configuration: configuration, logger: logger
        ) { _ in .accept(members) }
        while members.count.load(ordering: .relaxed) < connections { try await Task.sleep(for: .milliseconds(50)) }
        let text = String(repeating: "x", count: size)
        let message = EncodedMessage(text)
        var ours: [Double] = []
        var bare: [Double] = []
        for _ in 0..<rounds {
            ours.append(await Self.cost(on: loop) { for member in members.list { member.send(message) } })
            try await Task.sleep(for: .milliseconds(400))
            bare.append(
                await Self.cost(on: loop) {
                    for member in members.list {
                        _ = clinux_send(member.descriptor, message.frameOctets.baseAddress, message.frameOctets.count)
                    }
                })
            try await Task.sleep(for: .milliseconds(400))
        }
        let perDelivery = 1 / Double(connections)
        let figures: [String: Any] = [
            "connections": connections, "size": size, "ours": ours.map { $0 * perDelivery },
            "bare": bare.map { $0 * perDelivery },
        ]
        let output = try JSONSerialization.data(withJSONObject: figures, options: [.sortedKeys])
        print(String(decoding: output, as: UTF8.self))
        await server.shutdown(within: .zero)
        group.stop()
    }

    /// CPU seconds of the loop's thread from `work` to the end of its turn, when everything has left.
    private static func cost(on loop: EventLoop, _ work: @escaping @Sendable () -> Void) async -> Double {
        await withCheckedContinuation { done in
            loop.execute {
                let start = clinux_thread_cpu_ns()
                work()
                loop.execute { done.resume(returning: Double(clinux_thread_cpu_ns() - start) / 1e9) }
            }
        }
    }
}
