import Glibc
import Reactor

/// The lines between the suite and an adapter: a socket that is the adapter's standard input and output. Confined to a lane.
final class AdapterChannel {
    /// Octets of one line; an adapter that writes a longer one is given up. Enough for a message of 16 MiB in hexadecimal.
    static let lineLimit = 64 * 1024 * 1024

    // Written once, before anyone reads it.
    private nonisolated(unsafe) static let limits: UnsafePointer<OutboxLimits> = {
        let limits = UnsafeMutablePointer<OutboxLimits>.allocate(capacity: 1)
        limits.initialize(to: OutboxLimits(maximum: 256 * 1024 * 1024))
        return UnsafePointer(limits)
    }()

    private var stream: Stream?
    private var line: [UInt8] = []
    private let received: (AdapterReport) -> Void
    private let ended: () -> Void
    private var isOver = false
    /// What the adapter did wrong; nil when it only ended, or has not.
    private(set) var fault: String?

    /// Starts `command` with one end of a new channel.
    ///
    /// - Parameters:
    ///   - received: an event of the adapter.
    ///   - ended: it has closed its standard output, once.
    static func start(
        _ command: String, log: Int32?, on loop: EventLoop, received: @escaping (AdapterReport) -> Void,
        ended: @escaping () -> Void
    ) throws -> (AdapterChannel, ChildProcess) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw SocketError("create the channel to \(command)")
        }
        let process: ChildProcess
        do {
            process = try ChildProcess(command: command, input: ends[1], output: ends[1], errors: log)
        } catch {
            close(ends[0])
            close(ends[1])
            throw error
        }
        close(ends[1])
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        let channel = try AdapterChannel(descriptor: ends[0], on: loop, received: received, ended: ended)
        return (channel, process)
    }

    private init(
        descriptor: Int32, on loop: EventLoop, received: @escaping (AdapterReport) -> Void,
        ended: @escaping () -> Void
    ) throws {
        self.received = received
        self.ended = ended
        let handler = Handler()
        stream = try Stream(descriptor: descriptor, on: loop, limits: Self.limits, handler: handler)
        handler.channel = self
    }

    deinit { stream?.abort() }

    func write(_ octets: [UInt8]) {
        octets.withUnsafeBytes { stream?.write($0) }
        stream?.uncork()
    }

    /// Whether the adapter has closed its end, also when the loop has not come to see it: a process that dies closes its
    /// standard streams before its connections, so this is known when the end of a connection is.
    var hasEnded: Bool {
        guard !isOver, let stream else { return true }
        var octet: UInt8 = 0
        return recv(stream.descriptor, &octet, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }

    /// Closes our end, which ends an adapter that keeps to its protocol.
    func end() {
        isOver = true
        stream?.abort()
    }

    private func take(_ bytes: UnsafeMutableRawBufferPointer) {
        var rest = bytes[...]
        while let feed = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line += rest[rest.startIndex..<feed]
            rest = rest[(feed + 1)...]
            // What is no event may be a word of some library; it is not ours to complain of.
            if let report = AdapterReport(line: line) { received(report) }
            line = []
        }
        line += rest
        if line.count > Self.lineLimit {
            fault = "the adapter wrote a line of more than \(Self.lineLimit) octets"
            line = []
            end()
            ended()
        }
    }

    private func over() {
        guard !isOver else { return }
        isOver = true
        ended()
    }

    /// What the stream calls; does not keep the channel.
    private final class Handler: StreamHandler {
        weak var channel: AdapterChannel?

        func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream) { channel?.take(bytes) }
        func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer? { nil }
        func receivedDirectly(_ count: Int, on stream: Stream) {}
        func inputEnded(on stream: Stream) { channel?.over() }
        func drained(_ stream: Stream) {}
        func timerFired(on stream: Stream, now: UInt64) {}
        func closed(_ stream: Stream, _ end: StreamEnd) {
            channel?.stream = nil
            channel?.over()
        }
    }
}
