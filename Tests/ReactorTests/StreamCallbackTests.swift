import CLinux
import Glibc
import Testing

@testable import Reactor

/// Streams that are ended from inside a callback, their own or another one's.
struct StreamCallbackTests {
    /// The callbacks in which a handler may end its stream.
    enum Callback: CaseIterable, Sendable {
        case received
        case receivedDirectly
        case directWindow
        case inputEnded
        case drained
        case timerFired

        func matches(_ event: StreamEvent) -> Bool {
            switch (self, event) {
            case (.received, .received), (.receivedDirectly, .receivedDirectly), (.inputEnded, .inputEnded),
                (.drained, .drained), (.timerFired, .timerFired):
                true
            default: false
            }
        }
    }

    /// The ways to end it.
    enum Ending: CaseIterable, Sendable {
        case abort
        case reset
        case finish
        case overflow

        /// More than kernel buffers and outbox hold together.
        private static let flood = pattern(16 << 20)

        func end(_ stream: Stream) {
            switch self {
            case .abort: stream.abort()
            case .reset: stream.reset()
            case .finish: stream.finish(by: 0)
            case .overflow: stream.write(Self.flood)
            }
            // Written in vain, after the end.
            stream.write([1, 2, 3])
        }
    }

    @Test(arguments: Callback.allCases, Ending.allCases)
    func `a stream may end in any of its callbacks`(callback: Callback, ending: Ending) async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            _ = clinux_set_option(descriptor, SOL_SOCKET, SO_SNDBUF, 128 * 1024)
            let limits = OutboxLimits(highWatermark: 50_000, lowWatermark: 1, maximum: 5 << 20)
            let windowMemory = Window(10)
            let handler: ScriptedHandler
            switch callback {
            case .directWindow:
                handler = ScriptedHandler(
                    window: { stream in
                        if stream.isWritable { ending.end(stream) }
                        return nil
                    }, script: { _, _ in })
            case .receivedDirectly:
                handler = windowMemory.handler { event, stream in if callback.matches(event) { ending.end(stream) } }
            default:
                handler = ScriptedHandler { event, stream in if callback.matches(event) { ending.end(stream) } }
            }
            let stream = try await TestedStream(descriptor, on: loop, limits: limits, handler: handler)
            try await stream.perform { stream in
                switch callback {
                case .received, .inputEnded: break
                case .receivedDirectly, .directWindow: stream.receivesDirectly = true
                case .drained: stream.write(pattern(4 << 20))
                case .timerFired: stream.scheduleTimer(at: 0)
                }
            }
            switch callback {
            case .received, .receivedDirectly, .directWindow: try await peer.send(pattern(50))
            case .inputEnded: peer.finishWriting()
            // A reset may overtake what the kernel still held for the peer.
            case .drained: _ = try? await peer.receive(exactly: 4 << 20)
            case .timerFired: break
            }
            let events = try await stream.eventsUntilClosed()
            try await loop.takeTurns()
            #expect(stream.handler.events.takeAll().isEmpty, "nothing comes after the end")
            #expect(events.count { callback.matches($0) } == (callback == .directWindow ? 0 : 1))
            switch (ending, events.last) {
            case (.abort, .closed(.aborted)), (.reset, .closed(.aborted)), (.finish, .closed(.finished)),
                (.overflow, .closed(.outboxFull)):
                break
            default: Issue.record("ended with \(String(describing: events.last))")
            }
            withExtendedLifetime(peer) {}
        }
    }

    /// Both streams become readable before the loop looks, so both are in what it takes from the kernel at once.
    @Test(arguments: [Ending.abort, .reset])
    func `a stream may end another one of the same batch of events`(ending: Ending) async throws {
        try await withLoop { loop in
            let streams = OnLoop<[Stream]>([])
            let events = Events<StreamEvent>()
            var peers: [ScriptedPeer] = []
            for index in 0..<2 {
                let (descriptor, peer) = try SocketKind.unix.connectedPair()
                peers.append(peer)
                let handler = ScriptedHandler { event, _ in
                    events.send(event)
                    if case .received = event { ending.end(streams.value[1 - index]) }
                }
                try await loop.perform {
                    streams.value.append(
                        try Stream(descriptor, on: loop, handler: handler))
                }
            }
            let (first, second) = (peers[0], peers[1])
            try await loop.perform {
                try first.sendNow([1])
                try second.sendNow([1])
                for stream in streams.value { try stream.waitUntilReadable() }
            }
            #expect(try await events.next(2) == [.received([1]), .closed(.aborted)])
            try await loop.takeTurns()
            #expect(events.takeAll().isEmpty, "the other one heard nothing but its end")
            #expect(try await loop.perform { streams.value.count { $0.isWritable } } == 1)
            try await loop.perform { streams.value = [] }
        }
    }

    @Test func `a stream may end all streams of its loop, itself among them`() async throws {
        try await withLoop { loop in
            let ends = Events<StreamEnd>()
            var peers: [ScriptedPeer] = []
            for _ in 0..<30 {
                let (descriptor, peer) = try SocketKind.unix.connectedPair()
                peers.append(peer)
                let handler = ScriptedHandler { event, stream in
                    switch event {
                    case .received: loop.forEachStream { $0.abort() }
                    case .closed(let end): ends.send(end)
                    default: break
                    }
                }
                try await loop.perform {
                    _ = try Stream(descriptor, on: loop, handler: handler)
                }
            }
            let all = peers
            try await loop.perform { for peer in all { try peer.sendNow([1]) } }
            #expect(try await ends.next(30).allSatisfy { $0 == .aborted })
            for peer in peers { _ = try await peer.receiveAll() }
        }
    }

    @Test func `a stream that ends in the callback of another one releases what was gathered for it`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let (otherDescriptor, otherPeer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            let other = try await TestedStream(otherDescriptor, on: loop)
            let held = OnLoop<Stream?>(nil)
            try await other.perform { held.value = $0 }
            try await stream.perform { stream in
                stream.write([1])
                held.value?.write([2])
                stream.reset()
                held.value?.write([3])
                held.value = nil
            }
            #expect(try await otherPeer.receive(exactly: 2) == [2, 3])
            #expect(try await peer.receiveToEnd() == [1])
        }
    }

    @Test func `the next handler gets what arrives after the change, in the same event too`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let second = ScriptedHandler()
            let window = Window(3)
            let first = window.handler { event, stream in
                guard case .receivedDirectly = event else { return }
                stream.receivesDirectly = false
                stream.setHandler(second)
            }
            let stream = try await TestedStream(descriptor, on: loop, handler: first)
            try await stream.perform { $0.receivesDirectly = true }
            try await peer.send([1, 2, 3, 4, 5])
            #expect(try await second.events.next() == .received([4, 5]))
            #expect(first.events.takeAll() == [.receivedDirectly(3)])
            peer.close()
            #expect(try await second.events.next() == .inputEnded)
        }
    }
}
