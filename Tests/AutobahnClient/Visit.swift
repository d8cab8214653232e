import Reactor
import WebSocketTransport

/// One connection from its opening to its end, which is waited for no longer than a limit.
///
/// On `WebSocketHandler` and not on `WebSocket`: the suite wants to see the answer to a message that stands in the same
/// segment before a frame that ends the connection.
///
/// `@unchecked Sendable`: touched on its loop only.
final class Visit: WebSocketHandler, @unchecked Sendable {
    typealias Received = @Sendable (RawSpan, MessageKind, WebSocketConnection) -> Void

    enum End: Equatable {
        case closed(WebSocketClosure)
        case cutOff
    }

    private let take: Received
    private var ended: CheckedContinuation<End, any Error>?
    private var connection: WebSocketConnection?
    private var isCutOff = false

    /// Connects, gives every message to `received`, and returns how the connection ended.
    ///
    /// - Throws: `WebSocketConnectError` when it never opened; the handshake timeout bounds that.
    static func make(
        to url: WebSocketURL, tls: TLSClientContext?, on loop: EventLoop, _ configuration: WebSocketConfiguration,
        limit: Duration,
        received: @escaping Received
    ) async throws -> End {
        let visit = Visit(received)
        let watchdog = Task {
            try await Task.sleep(for: limit)
            loop.execute { visit.cutOff() }
        }
        defer { watchdog.cancel() }
        return try await withCheckedThrowingContinuation { ended in
            loop.execute {
                visit.start(url, tls, WebSocketConnector(on: loop, configuration: configuration), ended)
            }
        }
    }

    private init(_ received: @escaping Received) { take = received }

    private func start(
        _ url: WebSocketURL, _ tls: TLSClientContext?, _ connector: WebSocketConnector,
        _ ended: CheckedContinuation<End, any Error>
    ) {
        self.ended = ended
        do throws(HandshakeError) {
            try connector.connect(to: url, options: WebSocketClientOptions(tls: tls), handler: self) { [self] result in
                switch result {
                case .success((let connection, _)):
                    self.connection = connection
                    if isCutOff { connection.abort() }
                case .failure(let error): finish(.failure(error))
                }
            }
        } catch {
            finish(.failure(error))
        }
    }

    /// Ends a connection that hangs; one that is still opening, as soon as it has opened.
    private func cutOff() {
        isCutOff = true
        connection?.abort()
    }

    private func finish(_ result: Result<End, any Error>) {
        connection = nil
        ended?.resume(with: result)
        ended = nil
    }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        take(message, kind, connection)
    }

    func closed(_ connection: WebSocketConnection, _ closure: WebSocketClosure) {
        finish(.success(isCutOff ? .cutOff : .closed(closure)))
    }
}
