/// The responses of a server, as octets to send (RFC 6455 §4.2.2, RFC 9112 §4).
///
/// Headers of the application are checked, so that none can break a line or contradict what the handshake itself says.
package enum ServerResponse {
    /// Opens the WebSocket: the answer 101 to a request with `key`.
    ///
    /// - Parameters:
    ///   - subprotocol: one that the client offered.
    ///   - extensions: the value of Sec-WebSocket-Extensions; only what the client offered.
    ///   - headers: further headers.
    package static func accept(
        key: String, subprotocol: String? = nil, extensions: String? = nil, headers: HTTPHeaders = HTTPHeaders()
    ) throws(HTTPHeaderError) -> [UInt8] {
        try headers.checkSendable { isReserved($0) || isReservedOfUpgrade($0) }
        if let subprotocol, !subprotocol.isToken { throw .invalidValue(name: "Sec-WebSocket-Protocol") }
        if let extensions, extensions.isEmpty || !extensions.isFieldContent {
            throw .invalidValue(name: "Sec-WebSocket-Extensions")
        }
        var response: [UInt8] = []
        response.reserveCapacity(256)
        response.append(contentsOf: "HTTP/1.1 101 Switching Protocols\r\n".utf8)
        response.append(contentsOf: "Upgrade: websocket\r\nConnection: Upgrade\r\n".utf8)
        response.appendHeader("Sec-WebSocket-Accept", WebSocketKey.accept(for: key))
        if let subprotocol { response.appendHeader("Sec-WebSocket-Protocol", subprotocol) }
        if let extensions { response.appendHeader("Sec-WebSocket-Extensions", extensions) }
        for (name, value) in headers { response.appendHeader(name, value) }
        response.append(contentsOf: "\r\n".utf8)
        return response
    }

    /// A complete answer to a request that is not done; the connection is to be closed after it.
    ///
    /// - Parameter date: now; nil leaves the Date header out, which only a server without a clock may do (RFC 9110
    ///   §6.6.1).
    package static func refuse(_ refusal: Refusal, date: HTTPDate?) -> [UInt8] {
        write(
            refusal.status, refusal.headers, date, body: refusal.sentence + "\n", withoutBody: refusal.answersHead)
    }

    /// The answer of a full server to a client whose request it does not wait for: without a body, as it may be a HEAD.
    ///
    /// - Parameters:
    ///   - seconds: after how long the client may try again (RFC 9110 §10.2.3).
    ///   - date: see ``refuse(_:date:)``.
    package static func turnAway(retryAfter seconds: Int, date: HTTPDate?) -> [UInt8] {
        write(
            .serviceUnavailable, HTTPHeaders([("Retry-After", String(seconds))]), date, body: "", withoutBody: true)
    }

    /// A complete answer to an ordinary request.
    ///
    /// - Parameters:
    ///   - status: a final one.
    ///   - headers: Content-Length, Connection and, unless given here, Date and the Content-Type of plain text are added.
    ///   - date: see ``refuse(_:date:)``.
    ///   - answersHead: whether the request was a HEAD; then the body is announced but not sent.
    ///   - closes: whether the connection is to be closed after it.
    package static func respond(
        status: HTTPStatus, headers: HTTPHeaders = HTTPHeaders(), date: HTTPDate?, body: String = "",
        answersHead: Bool = false, closes: Bool = true
    ) throws(ServerResponseError) -> [UInt8] {
        // A tunnel must not seem to open without an agreement (RFC 6455 §4.2.2).
        guard !status.isInterim else { throw .interimStatus(status) }
        do throws(HTTPHeaderError) {
            try headers.checkSendable { isReserved($0) || $0.utf8.span.equalsIgnoringCase("Sec-WebSocket-Accept") }
        } catch {
            throw .header(error)
        }
        return write(status, headers, date, body: body, withoutBody: answersHead, closes: closes)
    }

    private static func write(
        _ status: HTTPStatus, _ headers: HTTPHeaders, _ date: HTTPDate?, body: String, withoutBody: Bool,
        closes: Bool = true
    ) -> [UInt8] {
        var response: [UInt8] = []
        response.reserveCapacity(256 + body.utf8.count)
        response.append(contentsOf: "HTTP/1.1 \(status)\r\n".utf8)
        for (name, value) in headers { response.appendHeader(name, value) }
        if let date, !headers.contains("Date") { response.appendHeader("Date", date.description) }
        // A sender of Upgrade names it in Connection (RFC 9110 §7.8).
        let options = (closes ? ["close"] : []) + (headers.contains("Upgrade") ? ["Upgrade"] : [])
        if !options.isEmpty { response.appendHeader("Connection", options.joined(separator: ", ")) }
        if !status.forbidsBody {
            if !body.isEmpty, !headers.contains("Content-Type") {
                response.appendHeader("Content-Type", "text/plain; charset=utf-8")
            }
            response.appendHeader("Content-Length", String(body.utf8.count))
        }
        response.append(contentsOf: "\r\n".utf8)
        if !status.forbidsBody, !withoutBody { response.append(contentsOf: body.utf8) }
        return response
    }

    /// What frames the response is ours alone.
    private static func isReserved(_ name: String) -> Bool {
        ["Connection", "Content-Length", "Transfer-Encoding"].contains { name.utf8.span.equalsIgnoringCase($0) }
    }

    private static func isReservedOfUpgrade(_ name: String) -> Bool {
        name.utf8.span.equalsIgnoringCase("Upgrade") || name.isWebSocketHeader
    }
}

/// Why a response of the application cannot be sent.
package enum ServerResponseError: Error, Equatable, Sendable, CustomStringConvertible {
    case header(HTTPHeaderError)
    /// Only the handshake answers with 1xx.
    case interimStatus(HTTPStatus)

    package var description: String {
        switch self {
        case .header(let error): error.description
        case .interimStatus(let status): "\(status) is not a final answer"
        }
    }
}

extension String {
    /// Whether this names a header of the opening handshake (RFC 6455 §11.3).
    var isWebSocketHeader: Bool {
        let prefix = "Sec-WebSocket-"
        let octets = utf8.span
        return octets.count >= prefix.utf8.count
            && octets.extracting(first: prefix.utf8.count).equalsIgnoringCase(prefix)
    }
}
