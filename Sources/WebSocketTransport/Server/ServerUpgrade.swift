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
    /// Whether an ordinary request was answered and nothing of the next one has come.
    private var isBetweenRequests = false

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
        isBetweenRequests = false
        let (consumed, outcome) = handshake.receive(UnsafeRawBufferPointer(bytes))
        switch outcome {
        case .needMore: break
        case .refuse(let refusal):
            context.logger.debug("refused a handshake", metadata: ["reason": "\(refusal)"])
            answer(ServerResponse.refuse(refusal, date: context.date), on: stream)
        case .request(let request, let isLast):
            let response = respond(request) ?? .ofNobody(to: request)
            let goesOn = !isLast && consumed == bytes.count && mayGoOn(after: response, on: stream)
            answer(response, isHead: request.method == "HEAD", closes: !goesOn, on: stream)
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

    /// Whether another request may follow. Never after a refusal; nor for a peer that has not read its last answer, so
    /// that answers do not pile up.
    private func mayGoOn(after response: HTTPResponse, on stream: Stream) -> Bool {
        response.status.code < 400 && stream.pendingBytes == 0
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
    private func answer(
        _ response: HTTPResponse, isHead: Bool = false, closes: Bool = true, on stream: Stream
    ) {
        do {
            let octets = try ServerResponse.respond(
                status: response.status, headers: response.headers, date: context.date, body: response.body,
                answersHead: isHead, closes: closes)
            guard !closes else { return answer(octets, on: stream) }
            isBetweenRequests = true
            octets.withUnsafeBytes { stream.write($0) }
            started(on: stream)
        } catch {
            context.logger.error("an application header cannot be sent", metadata: ["error": "\(error)"])
            let refusal = Refusal(.internalServerError, "Internal error.")
            answer(ServerResponse.refuse(refusal, date: context.date), on: stream)
        }
    }

    /// Nothing after a refusal is ever looked at, least of all as frames.
    private func answer(_ response: [UInt8], on stream: Stream) {
        response.withUnsafeBytes { stream.write($0) }
        end(stream)
    }

    private func end(_ stream: Stream) {
        isAnswered = true
        stream.finish(by: context.loop.now.later(by: context.timing.closeTimeout))
    }

    func timerFired(on stream: Stream, now: UInt64) {
        // Nobody waits for an answer.
        if isBetweenRequests { return end(stream) }
        answer(ServerResponse.refuse(handshake.expire(), date: context.date), on: stream)
    }

    func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer? { nil }
    func receivedDirectly(_ count: Int, on stream: Stream) {}

    func inputEnded(on stream: Stream) {
        // The last answer may still be on its way.
        isBetweenRequests ? end(stream) : stream.abort()
    }

    func drained(_ stream: Stream) {}
    func closed(_ stream: Stream, _ end: StreamEnd) {
        if case .tls(let error) = end {
            context.logger.debug("TLS was not agreed on", metadata: ["reason": "\(error)"])
        }
        context.released()
    }
}
