/// TLS between a stream's socket and its handler. Confined to the loop of the stream.
///
/// What arrives is decrypted into memory of the loop and handed on as one piece for each read; what is written gathers as
/// plaintext, is encrypted when it leaves, and waits as ciphertext when it must. The layer itself holds no bytes.
package final class TLSLayer {
    /// OpenSSL wants room for a whole record at once; it would hold back what does not fit.
    private static let largestRecord = 16 * 1024

    private let session: TLSSession
    private let exchange: UnsafeMutablePointer<TLSExchange>
    @exclusivity(unchecked) private var isSecured = false
    @exclusivity(unchecked) private var hasEndedOutput = false
    /// Why the connection can no longer be used.
    @exclusivity(unchecked) private(set) var failure: TLSError?

    init(_ session: consuming TLSSession, _ exchange: UnsafeMutablePointer<TLSExchange>) {
        self.session = session
        self.exchange = exchange
    }

    /// What was agreed; nil until the handshake is over.
    var agreement: TLSAgreement? { session.agreement() }

    /// What the end of the TCP connection means now: an attacker, too, could have ended it (RFC 8446 §6.1).
    var endOfInput: StreamEnd { isSecured ? .truncated : .tls(.closedDuringHandshake) }

    // MARK: - Receiving

    /// Sends what a client says first; a server waits.
    func begin(on stream: Stream) { _ = advanceHandshake(on: stream) }

    func received(_ ciphertext: UnsafeRawBufferPointer, on stream: Stream) {
        session.feed(ciphertext)
        defer { session.endFeeding() }
        if isSecured || advanceHandshake(on: stream) { decrypt(on: stream) }
    }

    /// Returns whether the handshake is over and what follows it can be read.
    private func advanceHandshake(on stream: Stream) -> Bool {
        while true {
            let step = session.handshake()
            send(on: stream)
            switch step {
            case .needsRoom: continue
            case .needsInput: return false
            case .failed(let error):
                fail(error, on: stream)
                return false
            case .established:
                isSecured = true
                stream.secured()
                return stream.takesInput
            }
        }
    }

    private func decrypt(on stream: Stream) {
        let plaintext = exchange.pointee.plaintext
        var count = 0
        while true {
            if plaintext.count - count < Self.largestRecord {
                stream.deliver(UnsafeMutableRawBufferPointer(rebasing: plaintext[..<count]))
                count = 0
                guard stream.takesInput else { return }
            }
            let step = session.read(into: UnsafeMutableRawBufferPointer(rebasing: plaintext[count...]))
            if case .plaintext(let more) = step {
                count += more
                continue
            }
            // A new key, an alert: answers of TLS itself.
            send(on: stream)
            if step == .needsRoom { continue }
            if count > 0 { stream.deliver(UnsafeMutableRawBufferPointer(rebasing: plaintext[..<count])) }
            guard stream.takesInput else { return }
            switch step {
            case .ended: stream.endInput()
            case .failed(let error): fail(error, on: stream)
            case .plaintext, .needsInput, .needsRoom: break
            }
            return
        }
    }

    // MARK: - Sending

    /// Encrypts `plaintext` and sends it.
    func seal(_ plaintext: UnsafeRawBufferPointer, on stream: Stream) {
        var rest = plaintext
        while rest.count > 0 && failure == nil && stream.canTransmit {
            switch session.write(rest) {
            case .written(let count): rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            case .needsRoom: send(on: stream)
            case .failed(let error):
                send(on: stream)
                return fail(error, on: stream)
            }
        }
        send(on: stream)
    }

    /// Says, once, that nothing more comes (close_notify).
    func endOutput(on stream: Stream) {
        guard isSecured, !hasEndedOutput, failure == nil else { return }
        hasEndedOutput = true
        session.finishWriting()
        send(on: stream)
    }

    /// Sends the ciphertext that the last call gave.
    private func send(on stream: Stream) {
        let ciphertext = exchange.pointee.output
        guard ciphertext.count > 0 else { return }
        // Calls nobody who could encrypt meanwhile: what goes wrong is told at the end of the turn.
        stream.transmit(ciphertext)
        exchange.pointee.clearOutput()
    }

    private func fail(_ error: TLSError, on stream: Stream) {
        failure = error
        stream.endAfterAlert()
    }
}

extension TLSServerContext {
    /// A server's side of one connection, for a stream of `loop`.
    ///
    /// - Throws: when there is no memory.
    package func makeLayer(on loop: EventLoop) throws(TLSError) -> TLSLayer {
        let exchange = loop.tlsExchange
        return TLSLayer(try makeSession(exchange), exchange)
    }
}

extension TLSClientContext {
    /// A client's side of one connection, for a stream of `loop`.
    ///
    /// - Parameters:
    ///   - host: a name or an IP address; what the certificate is checked for unless the configuration names another one.
    ///   - port: tells servers of one host apart whose sessions are kept.
    /// - Throws: for a name that cannot be asked for, or when there is no memory.
    package func makeLayer(host: String, port: UInt16, on loop: EventLoop) throws(TLSError) -> TLSLayer {
        let exchange = loop.tlsExchange
        return TLSLayer(try makeSession(host: host, port: port, exchange), exchange)
    }
}
