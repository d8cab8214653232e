import FixtureServer
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import WebSocketTransport

/// Both adapters before our own server: the same commands, the same events.
struct AdapterTests {
    private struct Exchange {
        /// `URL` stands for the server's.
        var command: String
        /// What the next events hold.
        var events: [String]
    }

    private static let exchanges = [
        Exchange(
            command: #"{"command":"dial","id":1,"url":"URL/subproto","subprotocols":["x","chat"],"echo":false}"#,
            events: [#""event":"open","extensions":null,"id":1,"subprotocol":"chat""#]),
        Exchange(
            command: #"{"command":"send","id":1,"type":"binary","data":"00ff"}"#,
            events: [#"{"data":"00ff","event":"message","id":1,"type":"binary"}"#]),
        Exchange(command: #"{"command":"close","id":1,"code":1005}"#, events: [#""event":"refused","id":1"#]),
        Exchange(
            command: #"{"command":"close","id":1,"code":3000,"reason":"bye"}"#,
            events: [#"{"clean":true,"code":3000,"event":"closed","id":1"#]),
        Exchange(command: #"{"command":"abort","id":1}"#, events: [#""event":"refused","id":1"#]),
        Exchange(
            command: #"{"command":"dial","id":1,"url":"URL/close?code=1001&reason=bye","deflate":true}"#,
            events: [#""event":"open""#, #"{"clean":true,"code":1001,"event":"closed","id":1,"reason":"bye"}"#]),
        Exchange(
            command: #"{"command":"dial","id":2,"url":"URL/nowhere"}"#,
            events: [#""event":"closed","id":2,"reason":"","status":404"#]),
        Exchange(
            command:
                #"{"command":"dial","id":3,"url":"URL/echo-deflate","deflate":{"clientMaxWindowBits":10,"serverMaxWindowBits":10}}"#,
            events: [#"client_max_window_bits=10"#]),
        Exchange(
            command: #"{"command":"abort","id":3}"#, events: [#"{"clean":false,"code":1006,"event":"closed","id":3"#]),
        Exchange(command: #"{"command":"dial","id":4,"url":"http://h/"}"#, events: [#""event":"refused","id":4"#]),
        Exchange(command: "nonsense", events: [#""event":"refused","id":0"#]),
    ]

    @Test(arguments: [["conformance-adapter"], ["faulty-peer", "adapter"]])
    func `an adapter does what its lines say and reports it`(command: [String]) async throws {
        let server = try FixtureServer.start(
            FixtureServer.Options(listen: "127.0.0.1:0"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let url = "ws://\(server.address)"
        let adapter = try LineProcess(command)
        do {
            for exchange in Self.exchanges {
                adapter.write(exchange.command.replacing("URL", with: url))
                for expected in exchange.events {
                    let event = try await bounded("an event after \(exchange.command)") { await adapter.nextLine() }
                    #expect(event?.contains(expected) == true, "\(event ?? "the end") after \(exchange.command)")
                }
            }
            adapter.closeInput()
            let end = try await bounded("the adapter ends with its input") { await adapter.nextLine() }
            #expect(end == nil)
        } catch {
            adapter.kill()
            throw error
        }
        await server.shutdown(within: .seconds(5))
    }
}

/// One of the package's executables, talked to in lines.
private final class LineProcess: Sendable {
    private let process = Mutex(Process())
    private let input = Pipe()
    private let lines: AsyncStream<String>

    init(_ command: [String]) throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = URL(fileURLWithPath: own).deletingLastPathComponent()
        let output = Pipe()
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        try process.withLock { process in
            process.executableURL = folder.appendingPathComponent(command[0])
            process.arguments = Array(command.dropFirst())
            process.standardInput = input
            process.standardOutput = output
            try process.run()
        }
        let reading = output.fileHandleForReading
        Thread.detachNewThread {
            var rest = Data()
            while true {
                let part = reading.availableData
                guard !part.isEmpty else { return continuation.finish() }
                rest += part
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    continuation.yield(String(decoding: rest[..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
            }
        }
    }

    func write(_ line: String) { try? input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8)) }
    func closeInput() { try? input.fileHandleForWriting.close() }
    func kill() { process.withLock { $0.terminate() } }

    /// Nil after the last one.
    func nextLine() async -> String? { await lines.first { _ in true } }
}
