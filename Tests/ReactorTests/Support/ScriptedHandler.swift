import CLinux
import Glibc
import Synchronization

@testable import Reactor

/// What a stream told its handler.
enum StreamEvent: Equatable, Sendable {
    case received([UInt8])
    case receivedDirectly(Int)
    case secured
    case inputEnded
    case drained
    case timerFired
    case closed(StreamEnd)
}

/// Reports what happens on a stream, and does what the script says.
///
/// `@unchecked Sendable`: nothing in it changes after `init`.
final class ScriptedHandler: StreamHandler, @unchecked Sendable {
    typealias Script = @Sendable (StreamEvent, Stream) -> Void

    let events = Events<StreamEvent>()
    private let script: Script
    private let window: @Sendable (Stream) -> UnsafeMutableRawBufferPointer?

    init(script: @escaping Script = { _, _ in }) {
        window = { _ in nil }
        self.script = script
    }

    init(window: @escaping @Sendable (Stream) -> UnsafeMutableRawBufferPointer?, script: @escaping Script) {
        self.window = window
        self.script = script
    }

    /// Sends back what arrives, and ends when the peer does.
    static func echo() -> ScriptedHandler {
        ScriptedHandler { event, stream in
            switch event {
            case .received(let bytes): stream.write(bytes)
            case .inputEnded: stream.finish(by: .max)
            default: break
            }
        }
    }

    func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream) {
        happened(.received(Array(bytes)), on: stream)
    }
    func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer? { window(stream) }
    func receivedDirectly(_ count: Int, on stream: Stream) { happened(.receivedDirectly(count), on: stream) }
    func secured(_ stream: Stream) { happened(.secured, on: stream) }
    func inputEnded(on stream: Stream) { happened(.inputEnded, on: stream) }
    func drained(_ stream: Stream) { happened(.drained, on: stream) }
    func timerFired(on stream: Stream, now: UInt64) { happened(.timerFired, on: stream) }
    func closed(_ stream: Stream, _ end: StreamEnd) { happened(.closed(end), on: stream) }

    private func happened(_ event: StreamEvent, on stream: Stream) {
        events.send(event)
        script(event, stream)
    }
}

/// Memory that a stream receives into directly, and what came into it.
///
/// `@unchecked Sendable`: touched on the loop only.
final class Window: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var received: [UInt8] = []

    init(_ size: Int) { memory = .allocate(byteCount: size, alignment: 1) }

    deinit { memory.deallocate() }

    /// Receives into this window, then does what the script says.
    func handler(script: @escaping ScriptedHandler.Script = { _, _ in }) -> ScriptedHandler {
        ScriptedHandler(window: { _ in self.memory }) { event, stream in
            if case .receivedDirectly(let count) = event { self.received += self.memory[..<count] }
            script(event, stream)
        }
    }
}

/// A stream under test, with its loop and its handler.
///
/// `@unchecked Sendable`: the stream is used inside ``perform(_:)`` only.
struct TestedStream: @unchecked Sendable {
    let loop: EventLoop
    let handler: ScriptedHandler
    private let stream: Stream

    /// Puts `descriptor` on the loop.
    init(
        _ descriptor: Int32, on loop: EventLoop, limits: OutboxLimits = OutboxLimits(),
        tls: (fixture: SecureFixture, side: SecureFixture.Side)? = nil, handler: ScriptedHandler = ScriptedHandler()
    ) async throws {
        self.loop = loop
        self.handler = handler
        stream = try await loop.perform { () throws -> OnLoop<Stream> in
            let layer = try tls?.fixture.layer(tls?.side ?? .server, on: loop)
            return OnLoop(try Stream(descriptor, on: loop, limits: limits, tls: layer, handler: handler))
        }.value
    }

    func perform<Value: Sendable>(_ body: @escaping @Sendable (Stream) throws -> Value) async throws -> Value {
        try await loop.perform { try body(stream) }
    }

    func nextEvent() async throws -> StreamEvent { try await handler.events.next() }

    /// The bytes of the next events, until `count` have arrived.
    func receive(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let event = try await nextEvent()
            guard case .received(let more) = event else { throw Unexpected(event) }
            bytes += more
        }
        return bytes
    }

    /// Everything up to and including the end.
    func eventsUntilClosed() async throws -> [StreamEvent] {
        var events: [StreamEvent] = []
        while true {
            let event = try await nextEvent()
            events.append(event)
            if case .closed = event { return events }
        }
    }
}

/// Something else happened than the test waits for.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ event: Any) { description = "unexpected: \("\(event)".prefix(200))" }
}

/// Limits are never freed: a stream refers to them until its very end, which may come after the test's. What is kept here
/// is found by a search for leaks.
private struct PinnedLimits: @unchecked Sendable {
    private var pointers: [UnsafePointer<OutboxLimits>] = []
    /// `@unchecked Sendable`: what the pointers lead to does not change.
    private static let all = Mutex(PinnedLimits())

    static func keep(_ limits: OutboxLimits) -> UnsafePointer<OutboxLimits> {
        let pinned = UnsafeMutablePointer<OutboxLimits>.allocate(capacity: 1)
        pinned.initialize(to: limits)
        all.withLock { $0.pointers.append(UnsafePointer(pinned)) }
        return UnsafePointer(pinned)
    }
}

extension Stream {
    /// A stream with limits of its own.
    convenience init(
        _ descriptor: Int32, on loop: EventLoop, limits: OutboxLimits = OutboxLimits(), tls: TLSLayer? = nil,
        handler: any StreamHandler
    ) throws(SocketError) {
        try self.init(
            descriptor: descriptor, on: loop, limits: PinnedLimits.keep(limits), tls: tls, handler: handler)
    }

    func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

    /// Blocks the loop until its socket has something to read (or an end): so the next look at the descriptors finds it.
    func waitUntilReadable() throws {
        var query = pollfd(descriptor: descriptor)
        guard poll(&query, 1, 60_000) == 1 else { throw Overdue() }
    }
}

extension pollfd {
    init(descriptor: Int32) { self.init(fd: descriptor, events: Int16(POLLIN), revents: 0) }
}
