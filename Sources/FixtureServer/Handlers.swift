import WebSocketTransport

/// Sends every message back.
final class Echo: WebSocketHandler, Sendable {
    static let shared = Echo()

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        connection.send(message, kind: kind)
    }
}

/// Sends one message as soon as it can, then echoes.
final class Pusher: WebSocketHandler {
    private let text: String

    init(text: String) { self.text = text }

    func opened(_ connection: WebSocketConnection) { connection.send(text) }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        connection.send(message, kind: kind)
    }
}

/// Closes at once, with what the query asks for: no code sends an empty Close frame, one that must not be sent 1011.
final class Closer: WebSocketHandler {
    private let code: CloseCode?
    private let reason: String

    init(_ query: QueryItems) {
        // What is no code of 16 bits must not be sent either, so it becomes one that is refused.
        code = query["code"].map { CloseCode(rawValue: UInt16($0) ?? 0) }
        reason = code == nil ? "" : query["reason"] ?? ""
    }

    func opened(_ connection: WebSocketConnection) {
        do {
            try connection.close(code: code, reason: reason)
        } catch {
            connection.close(.internalError, reason: "the query asks for what cannot be sent")
        }
    }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {}
}

/// Takes text only.
final class TextOnly: WebSocketHandler {
    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        switch kind {
        case .text: connection.send(message, kind: kind)
        case .binary: connection.close(.unsupportedData, reason: "only text is accepted here")
        }
    }
}

/// Fails on its first message, as an application with a bug would.
final class Thrower: WebSocketHandler {
    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        connection.close(.internalError, reason: "the handler failed")
    }
}
