import Logging
import Reactor
public import WebSocketProtocol

extension WebSocketConnection {
    /// Starts the closing handshake (RFC 6455 §7.1.2). The connection is over when the peer has answered, or after the
    /// close timeout.
    ///
    /// - Parameters:
    ///   - code: nil sends an empty Close frame.
    ///   - reason: at most 123 octets of UTF-8.
    /// - Throws: ``CloseBodyError`` when the code must not be sent or the reason is too long; nothing is sent then.
    public func close(code: CloseCode?, reason: String = "") throws(CloseBodyError) {
        assertOnLoop()
        try CloseBody.check(code: code, reason: reason)
        guard case .send = closing.close(code) else { return }
        isOpen = false
        if let queue {
            queue.close = (code, reason)
            advance(queue)
        } else {
            sendClose(code, reason: reason)
        }
        // The answer can only be read when reading is not paused.
        resumeForClosing()
        stream?.scheduleTimer(at: loop.now.later(by: context.timing.closeTimeout))
    }

    /// Closes with one of our own codes and a short reason of our own.
    package func close(_ code: CloseCode, reason: String) {
        do throws(CloseBodyError) {
            try close(code: code, reason: reason)
        } catch {
            abort()
        }
    }

    /// Handles the peer's Close frame.
    func peerClosed(_ code: CloseCode?, reason: String) {
        isOpen = false
        // The peer will read no more messages (§5.5.1).
        dropQueue()
        switch closing.receive(code) {
        case .reply(let reply, let ending):
            sendClose(reply, reason: "")
            end(code: code ?? .noStatusReceived, reason: reason, cause: .peer)
            finish(ending)
        case .end(let ending):
            end(code: code ?? .noStatusReceived, reason: reason, cause: .local)
            finish(ending)
        case .ignore: break
        }
    }

    /// Fails the connection (RFC 6455 §7.1.7): tells the peer why, and listens no more.
    func fail(_ error: ProtocolError) {
        context.logger.debug("the peer broke the protocol", metadata: ["error": "\(error)"])
        isOpen = false
        dropQueue()
        switch closing.fail(error.closeCode) {
        case .sendAndCloseTransport(let code):
            sendClose(code, reason: error.description)
            end(code: code, reason: error.description, cause: .protocolError(error))
            finish(.closeTransport)
        case .closeTransport:
            end(code: .abnormalClosure, reason: "", cause: .protocolError(error))
            finish(.closeTransport)
        case .ignore: break
        }
    }

    private func finish(_ ending: CloseHandshake.Ending) {
        let deadline = loop.now.later(by: context.timing.closeTimeout)
        switch ending {
        case .closeTransport: stream?.finish(by: deadline)
        // The server ends the TCP connection first (RFC 6455 §7.1.1), so that it keeps no TIME_WAIT of ours.
        case .awaitPeer:
            // The end of TCP is only seen when reading is not paused.
            resumeForClosing()
            stream?.scheduleTimer(at: deadline)
        }
    }

    func sendClose(_ code: CloseCode?, reason: String) {
        withUnsafeTemporaryAllocation(byteCount: 125, alignment: 1) { body in
            guard let start = body.baseAddress else { return }
            do throws(CloseBodyError) {
                let length = try CloseBody.encode(code: code, reason: reason, into: start)
                sendControl(.close, UnsafeRawBufferPointer(start: start, count: length))
            } catch {
                // Codes and reasons were checked, or are our own.
                assertionFailure("\(error)")
            }
        }
    }
}
