/// The server's side of the opening handshake: octets in, a request or a refusal out (RFC 6455 §4.2.1).
///
/// Octets after the head are never consumed: they are the body of a request, or the first frames.
package struct ServerHandshake: ~Copyable {
    package enum Outcome {
        /// The head is not complete yet.
        case needMore
        /// A valid request to open a WebSocket; answer with
        /// ``ServerResponse/accept(key:subprotocol:extensions:headers:)`` or
        /// ``ServerResponse/respond(status:headers:date:body:answersHead:closes:)``.
        case upgrade(UpgradeRequest)
        /// An ordinary request. After the last one nothing is looked at: it has a body, which is not read here, or it
        /// asks that the connection be closed or become another protocol's.
        case request(HTTPRequest, isLast: Bool)
        /// Answer with ``ServerResponse/refuse(_:)`` and close.
        case refuse(Refusal)
    }

    private var reader: HeadReader
    /// Set once nothing that follows can be a request.
    private var isOver = false

    package init(limits: HandshakeLimits = HandshakeLimits()) {
        reader = HeadReader(.request, limits: limits)
    }

    /// Takes the next octets and returns how many of them were part of the head.
    ///
    /// After a request that is not the last one the next may be given. After any other end, octets are consumed unseen and
    /// the outcome is `needMore`.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer) -> (consumed: Int, outcome: Outcome) {
        guard !isOver else { return (bytes.count, .needMore) }
        let (consumed, outcome) = reader.receive(bytes.assumingMemoryBound(to: UInt8.self).span)
        switch outcome {
        case .needMore:
            return (consumed, .needMore)
        case .failed(let error):
            return (consumed, .refuse(refuseUnfinished(Refusal(error))))
        case .complete(let head):
            let decision = Self.decide(head)
            if case .request(_, isLast: false) = decision { isOver = false } else { isOver = true }
            return (consumed, decision)
        }
    }

    /// Ends the handshake because its time is over. The answer is the caller's to send, as after `refuse`.
    package mutating func expire() -> Refusal {
        refuseUnfinished(Refusal(.requestTimeout, "The opening handshake took too long."))
    }

    private mutating func refuseUnfinished(_ refusal: Refusal) -> Refusal {
        isOver = true
        var refusal = refusal
        refusal.answersHead = reader.isOfHEAD
        return refusal
    }

    private static func decide(_ head: MessageHead) -> Outcome {
        do throws(Refusal) {
            let line = try RequestLine(head)
            do throws(Refusal) {
                return try decide(line, head.headers)
            } catch {
                var refusal = error
                refusal.answersHead = line.method == "HEAD"
                return .refuse(refusal)
            }
        } catch {
            return .refuse(error)
        }
    }

    private static func decide(_ line: RequestLine, _ headers: HTTPHeaders) throws(Refusal) -> Outcome {
        let host = try HostHeader.check(headers, isRequired: line.version == .http11)
        let hasBody = try MessageBody.isAnnounced(by: headers, in: line.version)
        try checkExpectation(headers, in: line.version)
        guard UpgradeHeaders.areMeant(by: headers) else {
            let request = HTTPRequest(
                method: line.method, rawTarget: line.rawTarget, path: line.target.path, query: line.target.query,
                host: line.target.authority ?? host, headers: headers)
            // HTTP/1.0 ends each connection. Behind a request for another protocol, such as h2c, somebody in between may
            // already see that protocol, although the request is ignored here.
            let isLast =
                hasBody || line.version == .http10 || headers.contains(token: "close", in: "Connection")
                || headers.contains("Upgrade")
            return .request(request, isLast: isLast)
        }
        // HTTP/1.0 has no Upgrade (RFC 9110 §7.8).
        guard line.version == .http11 else { throw .upgradeRequired("A WebSocket is opened over HTTP/1.1.") }
        guard line.method == "GET" else { throw HTTPMethod.isKnown(line.method) ? .onlyGET : .unknownMethod }
        let upgrade = try UpgradeHeaders(headers)
        // Octets of a body must never be taken for frames.
        guard !hasBody else { throw .badRequest("A request to open a WebSocket has no body.") }
        let request = UpgradeRequest(
            path: line.target.path, query: line.target.query, rawTarget: line.rawTarget,
            host: line.target.authority ?? host, origin: upgrade.origin, subprotocols: upgrade.subprotocols,
            extensions: upgrade.extensions, headers: headers, key: upgrade.key)
        return .upgrade(request)
    }

    /// A body that waits for leave to be sent never gets it: the final answer comes at once, which RFC 9110 §10.1.1
    /// allows. Other expectations are unknown, and HTTP/1.0 has none.
    private static func checkExpectation(
        _ headers: HTTPHeaders, in version: RequestLine.Version
    ) throws(Refusal) {
        guard version == .http11 else { return }
        for expectation in headers.tokens(for: "Expect") {
            guard expectation.utf8.span.equalsIgnoringCase("100-continue") else {
                throw Refusal(.expectationFailed, "The expectation cannot be met.")
            }
        }
    }
}
