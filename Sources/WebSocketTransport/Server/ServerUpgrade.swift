import Logging
import Reactor
import WebSocketProtocol

/// The server's side of one opening handshake; replaced by the connection when it succeeds.
final class ServerUpgrade: AcceptedHandler {
    private(set) var context: ConnectionContext
    private let decide: (UpgradeRequest) -> UpgradeDecision
    private let respond: (HTTPRequest) -> HTTPResponse?
    private var handshake: ServerHandshake
    private var isAnswered = false

    init(
        context: ConnectionContext, decide: @escaping (UpgradeRequest) -> UpgradeDecision,
        respond: @escaping (HTTPRequest) -> HTTPResponse?
    ) {
        self.context = context
        self.decide = decide
        self.respond = respond
        handshake = ServerHandshake(limits: context.configuration.handshakeLimits)
    }

    func started(on stream: Stream) {
        stream.scheduleTimer(at: context.loop.now.later(by: context.timing.handshakeTimeout))
    }

    func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream) {
        guard !isAnswered else { return }
        let (consumed, outcome) = handshake.receive(UnsafeRawBufferPointer(bytes))
        switch outcome {
        case .needMore: break
        case .refuse(let refusal):
            context.logger.debug("refused a handshake", metadata: ["reason": "\(refusal)"])
            answer(ServerResponse.refuse(refusal), on: stream)
        case .request(let request, _):
            let response = respond(request) ?? HTTPResponse(.notFound, body: "Not found.\n")
            answer(response, isHead: request.method == "HEAD", on: stream)
        case .upgrade(let request):
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[consumed...])
            switch decide(request) {
            case .refuse(let status, let headers, let body):
                answer(HTTPResponse(status, headers: headers, body: body), on: stream)
            case .accept(let handler, let subprotocol, let headers, let configuration):
                if let configuration { context = context.with(configuration) }
                open(handler, request, subprotocol, headers, rest: rest, on: stream)
            case .serve(let subprotocol, let body):
                let socket = WebSocket(on: context.loop)
                open(InboxFiller(socket, serving: body), request, subprotocol, HTTPHeaders(), rest: rest, on: stream)
            }
        }
    }

    private func open(
        _ handler: any WebSocketHandler, _ request: UpgradeRequest, _ subprotocol: String?, _ headers: HTTPHeaders,
        rest: UnsafeMutableRawBufferPointer, on stream: Stream
    ) {
        let agreed = CompressionTerms.accept(
            request.extensions, settings: context.configuration.compression, on: context.compression)
        let response: [UInt8]
        do {
            response = try ServerResponse.accept(
                key: request.key, subprotocol: subprotocol, extensions: agreed?.answer.description, headers: headers)
        } catch {
            context.logger.error("an application header cannot be sent", metadata: ["error": "\(error)"])
            return answer(HTTPResponse(.internalServerError, body: "Internal error.\n"), on: stream)
        }
        response.withUnsafeBytes { stream.write($0) }
        stream.removeTimer()
        // Another configuration brings other limits; this object kept the old ones alive.
        stream.limits = context.outboxLimits
        let connection = WebSocketConnection(
            context: context, stream: stream, handler: handler, compression: agreed?.compression)
        stream.setHandler(connection)
        connection.open(rest: rest)
    }

    /// - Parameter isHead: whether a HEAD is answered, and so without a body (RFC 9110 §9.3.2).
    private func answer(_ response: HTTPResponse, isHead: Bool = false, on stream: Stream) {
        do {
            answer(
                try ServerResponse.respond(
                    status: response.status, headers: response.headers, body: response.body, answersHead: isHead),
                on: stream)
        } catch {
            context.logger.error("an application header cannot be sent", metadata: ["error": "\(error)"])
            answer(ServerResponse.refuse(Refusal(.internalServerError, "Internal error.")), on: stream)
        }
    }

    /// Nothing after a refusal is ever looked at, least of all as frames.
    private func answer(_ response: [UInt8], on stream: Stream) {
        isAnswered = true
        response.withUnsafeBytes { stream.write($0) }
        stream.finish(by: context.loop.now.later(by: context.timing.closeTimeout))
    }

    func timerFired(on stream: Stream, now: UInt64) {
        answer(ServerResponse.refuse(Refusal(.requestTimeout, "The opening handshake took too long.")), on: stream)
    }

    func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer? { nil }
    func receivedDirectly(_ count: Int, on stream: Stream) {}
    func inputEnded(on stream: Stream) { stream.abort() }
    func drained(_ stream: Stream) {}
    func closed(_ stream: Stream, _ end: StreamEnd) {
        if case .tls(let error) = end {
            context.logger.debug("TLS was not agreed on", metadata: ["reason": "\(error)"])
        }
        context.released()
    }
}
