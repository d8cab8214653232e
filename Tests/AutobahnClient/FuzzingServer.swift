import Foundation
import Reactor
import WebSocketTransport

/// What a fuzzing server of Autobahn|Testsuite offers, each on a connection of its own.
struct FuzzingServer: Sendable {
    /// `ws://HOST:PORT` or `wss://HOST:PORT`
    let url: String
    /// Our name in its report.
    let agent: String
    let loop: EventLoop
    /// Whom to trust for `wss`; nil: the authorities of this system.
    var tls: TLSClientContext?
    /// A connection that has not ended after this long is cut off.
    let limit: Duration

    /// It said something else than the suite's server does.
    struct Nonsense: Error, CustomStringConvertible {
        let path: String
        let answer: String

        var description: String { "\(path) answered `\(answer.prefix(100))`" }
    }

    /// How many cases there are; they are numbered from 1.
    func caseCount() async throws -> Int {
        let path = "/getCaseCount"
        let answer = try await ask(path)
        guard let count = Int(answer), (0...Self.mostCases).contains(count) else {
            throw Nonsense(path: path, answer: answer)
        }
        return count
    }

    /// The suite has 517.
    private static let mostCases = 10_000

    /// The suite's own name of a case, for example 6.4.1.
    func identifier(ofCase number: Int) async throws -> String {
        struct Info: Decodable { let id: String }
        let path = "/getCaseInfo?case=\(number)"
        let answer = try await ask(path)
        guard let info = try? JSONDecoder().decode(Info.self, from: Data(answer.utf8)) else {
            throw Nonsense(path: path, answer: answer)
        }
        return info.id
    }

    /// Sends every message back until the server is done with us; how it ended is for the server to judge.
    @discardableResult
    func run(case number: Int, _ compression: CompressionConfiguration) async throws -> Visit.End {
        try await visit("/runCase?case=\(number)&agent=\(agent)", compression) { message, kind, connection in
            connection.send(message, kind: kind)
        }
    }

    /// Has the server write its report: it does so only when asked.
    func updateReports() async throws {
        let path = "/updateReports?agent=\(agent)"
        guard case .closed = try await visit(path, received: { _, _, _ in }) else {
            throw Nonsense(path: path, answer: "")
        }
    }

    /// The one message with which the server answers.
    private func ask(_ path: String) async throws -> String {
        let (answers, continuation) = AsyncStream.makeStream(of: String.self)
        try await visit(path) { message, _, _ in
            continuation.yield(message.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        }
        continuation.finish()
        return await answers.first { _ in true } ?? ""
    }

    @discardableResult
    private func visit(
        _ path: String, _ compression: CompressionConfiguration = .init(.off), received: @escaping Visit.Received
    ) async throws -> Visit.End {
        var configuration = WebSocketConfiguration()
        configuration.compression = compression
        return try await Visit.make(
            to: try WebSocketURL(url + path), tls: tls, on: loop, configuration, limit: limit, received: received)
    }
}
