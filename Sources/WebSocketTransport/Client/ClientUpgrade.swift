import Reactor
import WebSocketProtocol

/// The client's side of one opening handshake; replaced by the connection when it succeeds.
final class ClientUpgrade: StreamHandler {
    typealias Completion = (Result<(WebSocketConnection, UpgradeResponse), WebSocketConnectError>) -> Void

    private let context: ConnectionContext
    private let handler: any WebSocketHandler
    private var handshake: ClientHandshake
    private var offer: CompressionOffer
    private let tlsAgreed: () -> Void
    private var completion: Completion?
    /// nil before TCP is connected, and once the handshake is over.
    private weak var stream: Stream?

    init(
        context: ConnectionContext, handshake: consuming ClientHandshake, offer: consuming CompressionOffer,
        handler: any WebSocketHandler, tlsAgreed: @escaping () -> Void, completion: @escaping Completion
    ) {
        self.context = context
        self.handshake = handshake
        self.offer = offer
        self.handler = handler
        self.tlsAgreed = tlsAgreed
        self.completion = completion
    }

    func start(on stream: Stream) {
        handshake.requestBytes.withUnsafeBytes { stream.write($0) }
    }

    func secured(_ stream: Stream) {
        tlsAgreed()
        start(on: stream)
    }

    func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream) {
        let (consumed, outcome) = handshake.receive(UnsafeRawBufferPointer(bytes))
        switch outcome {
        case .needMore: break
        case .failed(let error): fail(.handshake(error), on: stream)
        case .open(let response):
            do throws(HandshakeError) {
                let compression = try offer.accept(response.extensions, on: context.compression)
                open(
                    response, compression, rest: UnsafeMutableRawBufferPointer(rebasing: bytes[consumed...]), on: stream
                )
            } catch {
                fail(.handshake(error), on: stream)
            }
        }
    }

    private func open(
        _ response: UpgradeResponse, _ compression: ConnectionCompression?, rest: UnsafeMutableRawBufferPointer,
        on stream: Stream
    ) {
        guard let completion = takeCompletion() else { return }
        stream.removeTimer()
        let connection = WebSocketConnection(
            context: context, stream: stream, handler: handler, compression: compression)
        stream.setHandler(connection)
        completion(.success((connection, response)))
        connection.open(rest: rest)
    }

    /// Whether it is known what became of the connection.
    var hasEnded: Bool { completion == nil }

    func adopt(_ stream: Stream) { self.stream = stream }

    /// Ends it at any stage, with `error`; does nothing once it has ended.
    func end(_ error: WebSocketConnectError) {
        let completion = takeCompletion()
        guard let completion else { return }
        stream?.abort()
        completion(.failure(error))
    }

    private func fail(_ error: WebSocketConnectError, on stream: Stream) {
        let completion = takeCompletion()
        stream.abort()
        completion?(.failure(error))
    }

    private func takeCompletion() -> Completion? {
        defer { completion = nil }
        return completion
    }

    func inputEnded(on stream: Stream) { fail(.closedDuringHandshake, on: stream) }
    func timerFired(on stream: Stream, now: UInt64) { fail(.handshakeTimedOut, on: stream) }

    func closed(_ stream: Stream, _ end: StreamEnd) {
        defer { context.released() }
        guard let completion = takeCompletion() else { return }
        switch end {
        case .failed(let error): completion(.failure(.connect(.failed(error))))
        case .tls(let error): completion(.failure(.tls(error)))
        case .finished, .aborted, .outboxFull, .truncated, .loopStopped: completion(.failure(.closedDuringHandshake))
        }
    }

    func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer? { nil }
    func receivedDirectly(_ count: Int, on stream: Stream) {}
    func drained(_ stream: Stream) {}
}
