import AdapterLines
import WebSocketTransport

/// One connection of our client, and what is told of it.
///
/// `@unchecked Sendable`: touched on its loop only.
final class AdaptedConnection: WebSocketHandler, @unchecked Sendable {
    private enum State {
        case opening(WebSocketDial?)
        case open(WebSocketConnection)
        case over
    }

    private let id: Int
    private let echoes: Bool
    private let reportsMessages: Bool
    private let output: EventOutput
    private let ended: () -> Void
    private var state = State.opening(nil)

    /// - Parameter ended: called just before the connection's end is told.
    init(id: Int, echoes: Bool, reportsMessages: Bool, output: EventOutput, ended: @escaping () -> Void) {
        self.id = id
        self.echoes = echoes
        self.reportsMessages = reportsMessages
        self.output = output
        self.ended = ended
    }

    /// Takes what gives the connection up while it is not open.
    func opens(by dial: WebSocketDial) {
        if case .opening = state { state = .opening(dial) }
    }

    // MARK: Commands

    func send(_ data: [UInt8], isText: Bool) throws(AdapterLineError) {
        let connection = try opened("send")
        if isText {
            // The interface takes texts, so octets that are none never reach it.
            guard let text = String(validating: data, as: UTF8.self) else { throw refused("send", "text is UTF-8") }
            connection.send(text)
        } else {
            connection.send(data.span.bytes, kind: .binary)
        }
    }

    func ping(_ data: [UInt8]) throws(AdapterLineError) {
        guard data.count <= 125 else { throw refused("ping", "a ping has 125 octets at most") }
        try opened("ping").sendPing(data.span.bytes)
    }

    func close(_ code: UInt16?, _ reason: String) throws(AdapterLineError) {
        if case .opening(let dial?) = state { return dial.cancel() }
        let connection = try opened("close")
        do throws(CloseBodyError) {
            try connection.close(code: code.map(CloseCode.init(rawValue:)), reason: reason)
        } catch {
            throw refused("close", "\(error)")
        }
    }

    func abort() throws(AdapterLineError) {
        if case .opening(let dial?) = state { return dial.cancel() }
        try opened("abort").abort()
    }

    private func opened(_ command: String) throws(AdapterLineError) -> WebSocketConnection {
        guard case .open(let connection) = state else { throw refused(command, "the connection is not open") }
        return connection
    }

    private func refused(_ command: String, _ reason: String) -> AdapterLineError {
        AdapterLineError(id: id, command: command, description: reason)
    }

    // MARK: Events

    /// What dialling came to.
    func settled(_ result: Result<(WebSocketConnection, UpgradeResponse), WebSocketConnectError>) {
        switch result {
        case .success((let connection, let response)):
            state = .open(connection)
            let extensions = response.extensions.map(\.description).joined(separator: ", ")
            output.report(
                .open(id: id, subprotocol: response.subprotocol, extensions: extensions.isEmpty ? nil : extensions))
        case .failure(let error):
            var status: Int?
            if case .handshake(.status(let code, _, _)) = error { status = code }
            end(.failed("\(error)", status: status))
        }
    }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        if reportsMessages {
            output.report(.message(id: id, isText: kind == .text, data: message.withUnsafeBytes { Array($0) }))
        }
        if echoes { connection.send(message, kind: kind) }
    }

    func closed(_ connection: WebSocketConnection, _ closure: WebSocketClosure) {
        // The lines know the peer's code only; our API tells the code that was sent when the peer broke the protocol.
        if case .protocolError = closure.cause {
            return end(AdapterClosure(code: 1006, reason: "", isClean: false))
        }
        end(AdapterClosure(code: Int(closure.code.rawValue), reason: closure.reason, isClean: closure.wasClean))
    }

    private func end(_ closure: AdapterClosure) {
        state = .over
        ended()
        output.report(.closed(id: id, closure))
    }
}
