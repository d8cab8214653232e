/// Why a client could not open a WebSocket: an option that cannot be sent, or what the server did wrong.
public enum HandshakeError: Error, Equatable, Sendable {
    // Before anything is sent.

    /// A header of the application cannot be sent.
    case invalidHeader(HTTPHeaderError)
    /// A subprotocol of the application is not a token (RFC 6455 §4.1).
    case invalidSubprotocol(String)
    /// A subprotocol of the application is there twice (§4.1).
    case repeatedSubprotocol(String)

    // What the server answered.

    /// Octets that are not the head of an HTTP response within the limits.
    case malformedResponse(HTTPSyntaxError)
    case malformedStatusLine(String)
    /// A switch of protocols, or an interim response, in another version than HTTP/1.1.
    case unsupportedVersion(String)
    case tooManyInterimResponses(limit: Int)
    /// Any final status but 101. The body is not read.
    case status(code: Int, reason: String, headers: HTTPHeaders)
    case missingHeader(String)
    /// A header that must be there at most once.
    case repeatedHeader(String)
    case unexpectedUpgrade(String)
    case connectionWithoutUpgrade
    case wrongAccept(received: String, expected: String)
    /// A 101 with this header, as if it had a body.
    case unexpectedBody(header: String)
    case unrequestedSubprotocol(String, requested: [String])
    case malformedExtensions
    case unrequestedExtension(String)
    /// The parameters of permessage-deflate do not answer the offer (RFC 7692 §7.1).
    case compressionMismatch(CompressionMismatch)
}

extension HandshakeError: CustomStringConvertible {
    /// What went wrong and what was expected.
    public var description: String {
        switch self {
        case .invalidHeader(let error): error.description
        case .invalidSubprotocol(let name): "the subprotocol \(name.quotedForMessage) is not a token"
        case .repeatedSubprotocol(let name): "the subprotocol \(name.quotedForMessage) is asked for twice"
        case .malformedResponse(let error): "the server's answer is not a valid HTTP response: \(error)"
        case .malformedStatusLine(let line):
            "the server answered \(line.quotedForMessage), expected a status line of HTTP/1.1"
        case .unsupportedVersion(let version):
            "the server answered in version \(version.quotedForMessage), expected HTTP/1.1"
        case .tooManyInterimResponses(let limit):
            "the server sent more than \(limit) interim responses, expected 101 Switching Protocols"
        case .status(let code, let reason, _):
            "the server answered \(code) \(reason.quotedForMessage), expected 101 Switching Protocols"
        case .missingHeader(let name): "the server's answer has no \(name) header"
        case .repeatedHeader(let name): "the server's answer has more than one \(name) header"
        case .unexpectedUpgrade(let value):
            "the server's answer has the Upgrade header \(value.quotedForMessage), expected \"websocket\""
        case .connectionWithoutUpgrade: "the Connection header of the server's answer does not name Upgrade"
        case .wrongAccept(let received, let expected):
            "the server's Sec-WebSocket-Accept is \(received.quotedForMessage), expected \"\(expected)\""
        case .unexpectedBody(let header): "the server's 101 has a \(header) header, but no body can follow"
        case .unrequestedSubprotocol(let name, let requested):
            "the server chose the subprotocol \(name.quotedForMessage), "
                + (requested.isEmpty
                    ? "but none was asked for" : "expected one of \(requested.joined(separator: ", "))")
        case .malformedExtensions: "the server's Sec-WebSocket-Extensions header is malformed"
        case .unrequestedExtension(let name):
            "the server accepted the extension \(name.quotedForMessage), which was not offered"
        case .compressionMismatch(let mismatch): "the server's answer about compression: \(mismatch)"
        }
    }
}
