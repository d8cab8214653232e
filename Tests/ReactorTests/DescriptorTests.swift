import CLinux
import Glibc
import Testing

@testable import Reactor

/// Descriptors and objects that must not be left over, and descriptors that run out.
///
/// Each test runs in a process of its own, where nothing else opens or closes descriptors.
struct DescriptorTests {
    @Test func `thousands of short connections leave nothing behind`() async {
        await #expect(processExitsWith: .success) {
            _ = clinux_raise_descriptor_limit()
            try await openRuntimeDescriptors()
            let before = OpenDescriptors()
            let perWave = 300
            try await withLoop { serverLoop in
                try await withLoop { clientLoop in
                    let ends = Events<Void>()
                    let (served, clients) = (OnLoop<[Weak]>([]), OnLoop<[Weak]>([]))
                    let listener = try Listener(
                        address: .ipv4(),
                        accepted: { descriptor in
                            let handler = ScriptedHandler { event, stream in
                                switch event {
                                case .received(let bytes): stream.write(bytes)
                                case .inputEnded: stream.finish(by: .max)
                                case .closed: ends.send()
                                default: break
                                }
                            }
                            let stream = try? Stream(descriptor, on: serverLoop, handler: handler)
                            served.value.append(Weak(stream))
                        }, exhausted: { _ in })
                    let address = listener.address
                    let held = OnLoop(listener)
                    try await serverLoop.perform { try held.value.start(on: serverLoop) }
                    for _ in 0..<10 {
                        let echoed = Events<Bool>()
                        try await clientLoop.perform {
                            for index in 0..<perWave {
                                let expected = pattern(5, seed: UInt64(index))
                                let handler = ScriptedHandler { event, stream in
                                    switch event {
                                    case .received(let bytes):
                                        echoed.send(bytes == expected)
                                        // Some end by FIN, some by RST.
                                        if index % 3 == 0 { stream.reset() } else { stream.finish(by: .max) }
                                    case .closed: ends.send()
                                    default: break
                                    }
                                }
                                Connector.connect(to: [address], on: clientLoop) { outcome in
                                    guard case .success(let descriptor) = outcome,
                                        let stream = try? Stream(descriptor, on: clientLoop, handler: handler)
                                    else { return echoed.send(false) }
                                    clients.value.append(Weak(stream))
                                    stream.write(expected)
                                }
                            }
                        }
                        #expect(try await echoed.next(perWave).allSatisfy { $0 })
                        _ = try await ends.next(2 * perWave)
                    }
                    // A stream is released at the end of the turn in which it ends, so this turn finds none.
                    for (loop, streams) in [(serverLoop, served), (clientLoop, clients)] {
                        let (all, alive) = try await loop.perform {
                            (streams.value.count, streams.value.count { $0.stream != nil })
                        }
                        #expect(all == 10 * perWave && alive == 0)
                    }
                    try await serverLoop.perform { held.value.stop() }
                }
            }
            expectNothingLeft(since: before)
        }
    }

    @Test func `a stopping loop ends everything and leaves no descriptor open`() async {
        await #expect(processExitsWith: .success) {
            try await openRuntimeDescriptors()
            let before = OpenDescriptors()
            let ends = Events<StreamEnd>()
            var peers: [ScriptedPeer] = []
            do {
                let loop = try EventLoop.start()
                let ended = loop.threadEnd()
                for index in 0..<50 {
                    let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
                    peers.append(peer)
                    try await loop.perform {
                        let handler = ScriptedHandler { event, stream in
                            guard case .closed(let end) = event else { return }
                            // Ends others, writes to others and to itself: nothing of it may do harm.
                            loop.forEachStream { $0.write([1]) }
                            stream.write([2])
                            ends.send(end)
                        }
                        let stream = try Stream(descriptor, on: loop, handler: handler)
                        stream.scheduleTimer(at: .max)
                        // In every state a stream can be in.
                        switch index % 5 {
                        case 1: stream.write(pattern(12 << 20))
                        case 2: stream.pauseReading()
                        case 3: stream.finishWriting()
                        case 4: stream.finish(by: .max)
                        default: break
                        }
                    }
                }
                _ = try await EchoServer(on: loop, at: .ipv4())
                loop.stop()
                #expect(try await ends.next(50).allSatisfy { $0 == .loopStopped })
                try await ended.next()
                #expect(ends.takeAll().isEmpty)
            }
            for (index, peer) in peers.enumerated() {
                // Those whose output had ended have got their FIN before.
                let expected: ScriptedPeer.Received = index % 5 > 2 ? .end : .failed(ECONNRESET)
                #expect(try await peer.receiveAll().end == expected)
                peer.close()
            }
            expectNothingLeft(since: before)
        }
    }

    @Test func `a stream that cannot be made closes its descriptor`() async {
        await #expect(processExitsWith: .success) {
            try await openRuntimeDescriptors()
            try await withLoop { loop in
                let before = OpenDescriptors()
                let handler = ScriptedHandler()
                // A file is no descriptor that can be watched.
                let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
                let error = try await loop.perform { () -> SocketError? in
                    do throws(SocketError) {
                        _ = try Stream(file, on: loop, handler: handler)
                        return nil
                    } catch {
                        return error
                    }
                }
                #expect(error?.code == EPERM)
                expectNothingLeft(since: before)
            }
        }
    }

    @Test func `accepting rests while descriptors are used up, then goes on by itself`() async {
        await #expect(processExitsWith: .success) {
            try await openRuntimeDescriptors()
            try await withLoop { loop in
                let exhausted = Events<(error: SocketError, now: UInt64)>()
                let accepted = Events<Int32>()
                let listener = try Listener(
                    address: .ipv4(), accepted: { accepted.send($0) },
                    exhausted: { exhausted.send(($0, loop.now)) })
                let address = listener.address
                let held = OnLoop(listener)
                try await loop.perform { try held.value.start(on: loop) }

                // One works before.
                let first = try ScriptedPeer(connectingTo: address)
                close(try await accepted.next())

                let waiting = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                let taken = try useUpDescriptors()
                let start = (cpu: try await loop.processorTime(), clock: monotonicNanoseconds())
                #expect(address.withSockaddr { connect(waiting, $0, $1) } == 0)
                let reports = try await exhausted.next(4)
                let end = (cpu: try await loop.processorTime(), clock: monotonicNanoseconds())

                #expect(reports.allSatisfy { $0.error.code == EMFILE })
                #expect(reports.allSatisfy { $0.error.operation == "accept a connection on \(address)" })
                // One report for each pause, and a pause lasts a tenth of a second at least.
                #expect(zip(reports, reports.dropFirst()).allSatisfy { $1.now - $0.now >= 100_000_000 })
                // A loop that spins uses all the time it can get; one that rests next to nothing.
                #expect(end.cpu - start.cpu < (end.clock - start.clock) / 10)
                #expect(accepted.takeAll().isEmpty)

                for descriptor in taken { close(descriptor) }
                let served = try await accepted.next()
                let peer = ScriptedPeer(descriptor: waiting)
                try await peer.send([1])
                let received = ScriptedPeer(descriptor: served)
                #expect(try await received.receive(exactly: 1) == [1])

                // And those that come later are accepted at once, without a further pause.
                _ = exhausted.takeAll()
                let later = try ScriptedPeer(connectingTo: address)
                close(try await accepted.next())
                #expect(exhausted.takeAll().isEmpty)
                try await loop.perform { held.value.stop() }
                first.close()
                later.close()
            }
        }
    }

    @Test func `a listener may stop while accepting rests`() async {
        await #expect(processExitsWith: .success) {
            try await openRuntimeDescriptors()
            try await withLoop { loop in
                let exhausted = Events<Int32>()
                let held = OnLoop<Listener?>(nil)
                let listener = try Listener(
                    address: .ipv4(), accepted: { close($0) },
                    exhausted: { error in
                        held.value?.stop()
                        exhausted.send(error.code)
                    })
                held.value = listener
                let waiting = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                let address = listener.address
                try await loop.perform { try held.value?.start(on: loop) }
                let taken = try useUpDescriptors()
                #expect(address.withSockaddr { connect(waiting, $0, $1) } == 0)
                #expect(try await exhausted.next() == EMFILE)
                for descriptor in taken { close(descriptor) }
                let peer = ScriptedPeer(descriptor: waiting)
                #expect(try await peer.receiveOnce() == .failed(ECONNRESET))
                #expect(exhausted.takeAll().isEmpty)
                try await loop.perform { held.value = nil }
            }
        }
    }

    @Test func `a connection or a loop that finds no descriptor is an error`() async {
        await #expect(processExitsWith: .success) {
            try await openRuntimeDescriptors()
            try await withLoop { loop in
                let address = try SocketAddress.ipv4(port: 1)
                let taken = try useUpDescriptors()
                let outcome = try await loop.connect(to: [address])
                let failure = #expect(throws: SocketError.self) { _ = try EventLoop.start() }
                for descriptor in taken { close(descriptor) }
                #expect(failure?.code == EMFILE)
                #expect(
                    outcome
                        == .failure(.failed(SocketError("create a socket for \(address)", code: EMFILE))))
            }
        }
    }
}

/// In another process only the comment of an expectation reaches the test's report.
func expectNothingLeft(since before: OpenDescriptors, at location: SourceLocation = #_sourceLocation) {
    let left = OpenDescriptors.opened(since: before)
    #expect(left.isEmpty, "still open: \(left)", sourceLocation: location)
}

/// Knows whether a stream still exists, without keeping it.
private struct Weak {
    private(set) weak var stream: Stream?
    init(_ stream: Stream?) { self.stream = stream }
}

/// The concurrency runtime opens descriptors of its own with its first timers that have to wait. Lets it do so before a test
/// counts, or leaves none over.
func openRuntimeDescriptors() async throws {
    for _ in 0..<5 { try await Task.sleep(for: .milliseconds(10)) }
}

/// Opens descriptors until the process may have no more, and returns them.
private func useUpDescriptors() throws -> [Int32] {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_cur, 512)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var taken: [Int32] = []
    while true {
        let descriptor = dup(0)
        if descriptor < 0 {
            guard errno == EMFILE else { throw CallFailed("dup") }
            return taken
        }
        taken.append(descriptor)
    }
}
