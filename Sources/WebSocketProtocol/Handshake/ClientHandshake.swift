/// The client's side of the opening handshake: a request to send, then octets in, an agreement or an error out
/// (RFC 6455 §4.1).
///
/// Octets after the head of the final response are never consumed: they are the first frames.
package struct ClientHandshake: ~Copyable {
    package enum Outcome {
        /// No final response is complete yet.
        case needMore
        case open(UpgradeResponse)
        /// Close the connection; nothing may be sent.
        case failed(HandshakeError)
    }

    /// RFC 9110 §15.2 lets a server send any number of interim responses; more than this is taken for an attack.
    static let maximumInterimResponses = 16

    /// The request, to be sent at once and alone: nothing may follow it before the server agreed.
    package let requestBytes: [UInt8]

    private let expectations: Expectations
    private var reader: HeadReader
    private var interimResponses = 0
    private var isOver = false

    /// Prepares a request.
    ///
    /// - Parameters:
    ///   - subprotocols: tokens without repetition, most wanted first.
    ///   - headers: further headers; none of those that the handshake itself sets.
    ///   - extensions: what to offer, most wanted first. Their parameters in the answer are for the caller to judge.
    ///   - keyBytes: 16 octets of good randomness, new for each handshake.
    package init(
        url: WebSocketURL, subprotocols: [String] = [], headers: HTTPHeaders = HTTPHeaders(),
        extensions: [WebSocketExtension] = [], keyBytes: (UInt64, UInt64), limits: HandshakeLimits = HandshakeLimits()
    ) throws(HandshakeError) {
        try Self.check(subprotocols, headers)
        let key = WebSocketKey.encode(keyBytes)
        requestBytes = Self.request(url, key, subprotocols, extensions, headers)
        expectations = Expectations(
            accept: WebSocketKey.accept(for: key), subprotocols: subprotocols, extensions: extensions.map(\.name))
        reader = HeadReader(.response, limits: limits)
    }

    /// Takes the next octets and returns how many of them were part of responses. After `open` or `failed`, octets are
    /// consumed unseen and the outcome is `needMore`.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer) -> (consumed: Int, outcome: Outcome) {
        guard !isOver else { return (bytes.count, .needMore) }
        let octets = bytes.assumingMemoryBound(to: UInt8.self).span
        var consumed = 0
        while true {
            let (length, outcome) = reader.receive(octets.extracting(consumed..<octets.count))
            consumed += length
            switch outcome {
            case .needMore: return (consumed, .needMore)
            case .failed(let error): return (consumed, fail(.malformedResponse(error)))
            case .complete(let head):
                do throws(HandshakeError) {
                    guard let response = try judge(head) else { continue }
                    isOver = true
                    return (consumed, .open(response))
                } catch {
                    return (consumed, fail(error))
                }
            }
        }
    }

    private mutating func fail(_ error: HandshakeError) -> Outcome {
        isOver = true
        return .failed(error)
    }

    /// Returns nil for an interim response, which is skipped.
    private mutating func judge(_ head: MessageHead) throws(HandshakeError) -> UpgradeResponse? {
        let line = try StatusLine(head)
        guard line.status.isInterim else {
            throw .status(code: line.status.code, reason: line.status.reason, headers: head.headers)
        }
        guard line.isHTTP11 else { throw .unsupportedVersion(line.version) }
        if line.status == .switchingProtocols { return try expectations.check(line.status, head.headers) }
        interimResponses += 1
        guard interimResponses <= Self.maximumInterimResponses else {
            throw .tooManyInterimResponses(limit: Self.maximumInterimResponses)
        }
        return nil
    }

    private static func check(_ subprotocols: [String], _ headers: HTTPHeaders) throws(HandshakeError) {
        do throws(Subprotocol.Invalid) {
            try Subprotocol.check(subprotocols)
        } catch {
            switch error {
            case .notAToken(let name): throw .invalidSubprotocol(name)
            case .repeated(let name): throw .repeatedSubprotocol(name)
            }
        }
        do throws(HTTPHeaderError) {
            try headers.checkSendable(isReserved: isReserved)
        } catch {
            throw .invalidHeader(error)
        }
    }

    /// Headers that the handshake sets, and those that would announce a body.
    private static func isReserved(_ name: String) -> Bool {
        name.isWebSocketHeader
            || ["Host", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding", "Trailer", "Expect"]
                .contains { name.utf8.span.equalsIgnoringCase($0) }
    }

    private static func request(
        _ url: WebSocketURL, _ key: String, _ subprotocols: [String], _ extensions: [WebSocketExtension],
        _ headers: HTTPHeaders
    ) -> [UInt8] {
        var request: [UInt8] = []
        request.reserveCapacity(256)
        request.append(contentsOf: "GET \(url.requestTarget) HTTP/1.1\r\n".utf8)
        request.appendHeader("Host", url.hostHeader)
        request.append(contentsOf: "Upgrade: websocket\r\nConnection: Upgrade\r\n".utf8)
        request.appendHeader("Sec-WebSocket-Key", key)
        request.append(contentsOf: "Sec-WebSocket-Version: 13\r\n".utf8)
        if !subprotocols.isEmpty {
            request.appendHeader("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", "))
        }
        if !extensions.isEmpty {
            request.appendHeader(
                "Sec-WebSocket-Extensions", extensions.map(\.description).joined(separator: ", "))
        }
        for (name, value) in headers { request.appendHeader(name, value) }
        request.append(contentsOf: "\r\n".utf8)
        return request
    }
}
