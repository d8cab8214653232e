import CLinux
import Glibc

/// Why nothing more can be written to a channel.
enum ChannelError: Error, CustomStringConvertible {
    /// The peer does not read.
    case timedOut
    case broken
    /// TLS was not agreed on.
    case tls(String)

    var description: String {
        switch self {
        case .timedOut: "the peer does not answer"
        case .broken: "the connection is broken"
        case .tls(let reason): "TLS was not agreed on: \(reason)"
        }
    }
}

/// What reading a channel came to.
enum Arrival: Equatable {
    case octets(Int)
    /// FIN; under TLS also close_notify.
    case finished
    /// Under TLS: FIN without close_notify.
    case truncated
    case reset
    case timedOut
}

/// One TCP connection, perhaps under TLS: blocking calls with deadlines, for one thread that reads and any that write
/// one after the other.
///
/// `@unchecked Sendable`: the descriptor never changes and lives as long as the object; TLS locks itself.
final class Channel: @unchecked Sendable {
    private let descriptor: Int32
    private let tls: TLSSession?

    /// Owns `descriptor`, which must not block.
    init(_ descriptor: Int32, tls: TLSSession? = nil) {
        self.descriptor = descriptor
        self.tls = tls
        _ = clinux_set_option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    deinit { close(descriptor) }

    /// Waits for octets, but not past `deadline`; nil waits without limit.
    func receive(into buffer: UnsafeMutableRawBufferPointer, until deadline: Instant?) -> Arrival {
        while true {
            let attempt = tls?.receive(into: buffer) ?? receivePlain(into: buffer)
            switch attempt {
            case .done(let arrival): return arrival
            case .wants(let events):
                if !wait(for: events, until: deadline) { return .timedOut }
            }
        }
    }

    private func receivePlain(into buffer: UnsafeMutableRawBufferPointer) -> IOAttempt<Arrival> {
        let count = clinux_receive(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 { return .done(.octets(count)) }
        if count == 0 { return .done(.finished) }
        return errno == EAGAIN || errno == EINTR ? .wants(POLLIN) : .done(.reset)
    }

    /// Writes all of `octets`.
    func send(_ octets: [UInt8], until deadline: Instant) throws(ChannelError) {
        var sent = 0
        while sent < octets.count {
            let attempt = octets.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                return tls?.send(rest) ?? sendPlain(rest)
            }
            switch attempt {
            case .done(let count):
                guard count > 0 else { throw .broken }
                sent += count
            case .wants(let events):
                guard wait(for: events, until: deadline) else { throw .timedOut }
            }
        }
    }

    private func sendPlain(_ bytes: UnsafeRawBufferPointer) -> IOAttempt<Int> {
        let count = clinux_send(descriptor, bytes.baseAddress, bytes.count)
        if count >= 0 { return .done(count) }
        return errno == EAGAIN || errno == EINTR ? .wants(POLLOUT) : .done(0)
    }

    /// Agrees on TLS, if this channel has it.
    func secure(until deadline: Instant) throws(ChannelError) {
        guard let tls else { return }
        while true {
            switch tls.handshake() {
            case .done(let problem):
                if let problem { throw .tls(problem) }
                return
            case .wants(let events):
                guard wait(for: events, until: deadline) else { throw .timedOut }
            }
        }
    }

    /// Ends our direction: close_notify under TLS, then FIN.
    func finish(withCloseNotify: Bool = true) {
        if withCloseNotify { tls?.sayEnd() }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends both directions, which wakes the thread that reads.
    func abandon() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Makes the end of this object send RST.
    func resetOnClose() { _ = clinux_reset_on_close(descriptor) }

    private func wait(for events: Int32, until deadline: Instant?) -> Bool {
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let count = poll(&entry, 1, deadline?.pollTimeout ?? -1)
            if count > 0 { return true }
            if count == 0 || errno != EINTR { return false }
        }
    }
}

/// One attempt that does not wait.
enum IOAttempt<Result> {
    case done(Result)
    /// Try again after poll(2) says one of these.
    case wants(Int32)
}
