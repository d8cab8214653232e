import Glibc
import TestSupport
import Testing
import WebSocketTransport

extension EndToEndTests {
    @Suite struct ServerCommandTests {
        /// Runs `body` with a server that listens, and its address.
        private static func withServer<Value>(
            _ arguments: [String] = ["--listen", "127.0.0.1:0"], _ body: (Program, String) async throws -> Value
        ) async throws -> Value {
            try await Program.with("wsserver", ["echo"] + arguments) { server in
                try await server.saysOnErrors("listening")
                let words = server.said.errors.split { $0.isWhitespace }
                let address = try #require(words.first { $0.hasPrefix("address=") }?.dropFirst("address=".count))
                return try await body(server, String(address))
            }
        }

        private static func connect(_ address: String, path: String = "/echo") async throws -> WebSocket {
            try await bounded("a connection to \(address)") {
                try await WebSocket.connect(to: "ws://\(address)\(path)")
            }
        }

        private static func next(_ socket: WebSocket) async throws -> WebSocketMessage? {
            try await bounded("a message") {
                var messages = socket.messages.makeAsyncIterator()
                return try await messages.next()
            }
        }

        @Test func `echo sends text and binary messages back`() async throws {
            try await Self.withServer { _, address in
                let socket = try await Self.connect(address)
                for message in [WebSocketMessage.text("grüß dich"), .binary([0, 255, 7]), .text("")] {
                    try await socket.send(message)
                    #expect(try await Self.next(socket) == message)
                }
                let closure = try await bounded("the close") { await socket.close() }
                #expect(closure.code == .normalClosure)
            }
        }

        @Test func `echo compresses when it is asked to, and on one path always`() async throws {
            for (arguments, path) in [(["--deflate", "dedicated:11:4"], "/echo"), ([], "/echo-deflate")] {
                try await Self.withServer(["--listen", "127.0.0.1:0"] + arguments) { _, address in
                    let socket = try await bounded("a connection") {
                        var configuration = WebSocketConfiguration()
                        configuration.compression.mode = .shared
                        return try await WebSocket.connect(
                            to: "ws://\(address)\(path)", configuration: configuration)
                    }
                    let message = WebSocketMessage.text(String(repeating: "again ", count: 50_000))
                    try await socket.send(message)
                    #expect(try await Self.next(socket) == message)
                    _ = try await bounded("the close") { await socket.close() }
                }
            }
        }

        @Test(arguments: [SIGTERM, SIGINT])
        func `a signal closes open connections with 1001, and the server ends well`(_ signal: Int32) async throws {
            try await Self.withServer(["--listen", "127.0.0.1:0", "--loops", "2"]) { server, address in
                var sockets: [WebSocket] = []
                for _ in 0..<3 { sockets.append(try await Self.connect(address)) }
                server.signal(signal)
                for socket in sockets {
                    // Clean for us: the iteration ends without an error.
                    #expect(try await Self.next(socket) == nil)
                    let closure = try await bounded("the closure") { await socket.close() }
                    #expect(closure.code == .goingAway)
                    #expect(closure.cause == .peer)
                }
                let ending = try await server.ending()
                #expect(ending.status == 0, "\(ending.errors)")
                #expect(ending.errors.contains("draining"))
                #expect(ending.errors.contains("stopped"))
            }
        }

        @Test func `a Unix socket is an address too, and can be used again after the end`() async throws {
            try await Workplace.with { place in
                for _ in 0..<2 {
                    try await Self.withServer(["--listen", "unix:\(place.file("ws.sock"))"]) { server, _ in
                        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                        defer { close(descriptor) }
                        #expect(Self.connects(descriptor, to: place.file("ws.sock")))
                        server.signal(SIGTERM)
                        let ending = try await server.ending()
                        #expect(ending.status == 0, "\(ending.errors)")
                    }
                }
            }
        }

        private static func connects(_ descriptor: Int32, to path: String) -> Bool {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
        }

        @Test func `a port that is taken is said so in one line`() async throws {
            try await Self.withServer { _, address in
                let ending = try await Program.run("wsserver", ["echo", "--listen", address])
                #expect(ending.status == 2)
                #expect(ending.errorLines.count == 1, "\(ending.errors)")
                #expect(ending.errors.contains(address) && ending.errors.contains("in use"), "\(ending.errors)")
                #expect(ending.output.isEmpty)
            }
        }

        @Test(arguments: [
            (["echo", "--listen", "nonsense"], "nonsense"), (["echo", "--listen", "127.0.0.1:65536"], "65536"),
            (["echo", "--max-message", "12"], "--max-message"), (["echo", "--max-message", "0B"], "--max-message"),
            (["echo", "--idle-timeout", "soon"], "--idle-timeout"), (["echo", "--lisen", "x"], "--listen"),
            (["echo", "--loops", "0"], "--loops"), (["echo", "--max-connections", "0"], "--max-connections"),
            (["bogus"], "bogus"),
        ])
        func `bad usage is said in one line, and ends with 2`(_ arguments: [String], _ named: String) async throws {
            let ending = try await Program.run("wsserver", arguments)
            #expect(ending.status == 2)
            #expect(ending.errorLines.count == 1, "\(ending.errors)")
            #expect(ending.errors.hasPrefix("wsserver: "))
            #expect(ending.errors.contains(named), "\(ending.errors)")
            #expect(ending.output.isEmpty)
        }

        @Test(arguments: [
            (["--help"], ["echo", "--version"]),
            (
                ["echo", "--help"],
                [
                    "--listen", "--loops", "--max-message", "--idle-timeout", "--max-connections", "--quiet",
                    "--tls-cert", "--tls-key", "--tls-client-ca",
                ]
            ),
        ])
        func `help names every option and ends with 0`(_ arguments: [String], _ names: [String]) async throws {
            let ending = try await Program.run("wsserver", arguments)
            #expect(ending.status == 0)
            #expect(ending.errors.isEmpty)
            for name in names { #expect(ending.output.contains(name), "\(name)") }
        }

        @Test func `quiet says nothing`() async throws {
            try await Program.with("wsserver", ["echo", "--listen", "127.0.0.1:0", "--quiet"]) { server in
                // Nothing tells when it listens; a signal before that would end it by the signal's number.
                try await bounded("the server to catch signals") {
                    while !Self.catches(SIGTERM, server.pid) { await Task.yield() }
                }
                // One that comes while the server begins to listen to signals may be lost.
                try await bounded("the server to end") {
                    while !server.hasEnded {
                        server.signal(SIGTERM)
                        await Task.yield()
                    }
                }
                let ending = try await server.ending()
                #expect(ending.status == 0)
                #expect(ending.output.isEmpty && ending.errors.isEmpty, "\(ending.errors)")
            }
        }

        /// Whether the process ignores or catches a signal, as one does that reads its signals itself.
        private static func catches(_ signal: Int32, _ pid: Int32) -> Bool {
            guard let file = fopen("/proc/\(pid)/status", "r") else { return false }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
            return text.split(separator: "\n").contains { line in
                let fields = line.split(separator: "\t")
                guard fields.count == 2, ["SigIgn:", "SigCgt:"].contains(fields[0]) else { return false }
                return (UInt64(fields[1], radix: 16) ?? 0) & (1 << UInt64(signal - 1)) != 0
            }
        }
    }
}
