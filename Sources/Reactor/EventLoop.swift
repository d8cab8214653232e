import CLinux
import Glibc
import Synchronization

/// One thread that waits for descriptors, timers and messages from other threads, and runs what they cause (Linux epoll).
///
/// Everything that belongs to a loop is touched on its thread only: sockets, timers, the shared buffers. Other threads
/// use ``execute(_:)``. The loop is also a `SerialExecutor` and a `TaskExecutor`: actors and tasks can run on it, so
/// asynchronous handlers need not leave the thread of their connections.
///
/// `@unchecked Sendable`: the mailbox is the only state that other threads touch, and it locks; every other entry point
/// asserts that it runs on the loop's thread.
public final class EventLoop: @unchecked Sendable {
    /// How much one read can take: the size of the receive buffer that all connections of the loop share.
    package static let receiveCapacity = 256 * 1024
    /// Events taken from the kernel at once. Small, so that precise timers are looked at often.
    private static let eventCapacity = 64

    public let name: String
    let epoll: Int32
    /// An eventfd; closed only with the loop object itself, so that a late signal hits no other descriptor.
    private let wakeup: Int32
    private let mailbox = Mailbox()
    @exclusivity(unchecked) private var batch: [Mailbox.Item] = []
    private let events: UnsafeMutablePointer<epoll_event>
    /// The loop's thread while it runs, else 0, which no thread is. Any thread may ask.
    private let thread = Atomic<pthread_t>(0)
    @exclusivity(unchecked) private var hasMail = false
    /// Set once: nothing can be attached any more.
    @exclusivity(unchecked) private(set) var isStopping = false

    /// The time at which the current turn's events were received, in nanoseconds of the monotonic clock.
    @exclusivity(unchecked) package private(set) var now: UInt64
    @exclusivity(unchecked) var wheel: TimerWheel
    @exclusivity(unchecked) var preciseTimers: [PreciseTimer] = []
    @exclusivity(unchecked) var nextPreciseDeadline = UInt64.max
    /// Objects that left the loop in this turn; released at its end, so that events already fetched find them alive.
    @exclusivity(unchecked) private var departed: [Unmanaged<Pollable>] = []
    /// Streams that failed while something was written to them; told at the turn's end, never inside the write.
    @exclusivity(unchecked) private var failed: [(stream: Stream, end: StreamEnd)] = []

    let receiveBuffer: UnsafeMutableRawPointer
    /// What is gathered to be sent at the end of the turn.
    let cork: UnsafeMutablePointer<Cork>
    /// Made for the first connection with TLS; see ``tlsExchange``.
    @exclusivity(unchecked) var madeTLSExchange: UnsafeMutablePointer<TLSExchange>?
    /// Streams that wait a moment for more to send.
    @exclusivity(unchecked) var held: [HeldStream] = []
    /// Set while some do.
    @exclusivity(unchecked) var heldTimer: PreciseTimer?

    private init(name: String) throws {
        self.name = name
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SocketError("create an epoll instance") }
        wakeup = clinux_eventfd()
        // Registered without an object: that is how `poll` tells it from sockets.
        guard wakeup >= 0,
            clinux_epoll_control(epoll, EPOLL_CTL_ADD, wakeup, Interest.readable.rawValue, nil) == 0
        else {
            let error = SocketError("create an eventfd")
            close(epoll)
            if wakeup >= 0 { close(wakeup) }
            throw error
        }
        now = monotonicNanoseconds()
        wheel = TimerWheel(now: now)
        events = .allocate(capacity: Self.eventCapacity)
        receiveBuffer = .allocate(byteCount: Self.receiveCapacity, alignment: 64)
        cork = .allocate(capacity: 1)
        cork.initialize(to: Cork())
    }

    deinit {
        close(epoll)
        close(wakeup)
        events.deallocate()
        receiveBuffer.deallocate()
        cork.deinitialize(count: 1)
        cork.deallocate()
        madeTLSExchange?.deinitialize(count: 1)
        madeTLSExchange?.deallocate()
    }

    /// Starts a loop on a thread of its own.
    ///
    /// - Throws: ``SocketError`` when the process has no descriptor or thread left for it.
    public static func start(name: String = "loop") throws -> EventLoop {
        _ = TLSLibrary.keepsMemoryAtExit
        let loop = try EventLoop(name: name)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(loop)
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let loop = Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue()
                loop.run()
                return nil
            }, argument.toOpaque())
        guard result == 0 else {
            argument.release()
            throw SocketError("start a thread", code: result)
        }
        pthread_detach(thread)
        return loop
    }

    // MARK: - From any thread

    /// Runs `work` on the loop, after what was asked before.
    ///
    /// - Returns: false when the loop has stopped and will never run it.
    @discardableResult
    public func execute(_ work: @escaping @Sendable () -> Void) -> Bool { post(.work(work)) }

    /// Ends the loop's thread once its mailbox is empty. Connections still open are reset, and told so; what that causes
    /// on the loop, tasks that go on for example, still runs.
    public func stop() {
        execute { self.isStopping = true }
    }

    /// Whether the caller runs on this loop's thread.
    public var isCurrent: Bool {
        thread.load(ordering: .relaxed) == pthread_self()
    }

    @inline(__always)
    package func assertIsCurrent() {
        assert(isCurrent, "an object of the event loop \(name) was used from another thread")
    }

    private func post(_ item: Mailbox.Item) -> Bool {
        switch mailbox.add(item) {
        case .wake where isCurrent: hasMail = true
        case .wake:
            var one: UInt64 = 1
            _ = write(wakeup, &one, 8)
        case .nothing: break
        case .refuse: return false
        }
        return true
    }

    // MARK: - The loop

    private func run() {
        thread.store(pthread_self(), ordering: .relaxed)
        clinux_thread_name(String(name.prefix(15)))
        clinux_exact_timers()
        while true {
            if hasMail { runMailbox() }
            fireTimers()
            finishTurn()
            if isStopping {
                endAttached()
                if mailbox.closeIfEmpty() { break }
            }
            poll()
            finishTurn()
        }
        // The identity of an ended thread is given to a new one.
        thread.store(0, ordering: .relaxed)
    }

    private func finishTurn() {
        uncork()
        while let (stream, end) = failed.popLast() {
            stream.end(end)
            uncork()
        }
        releaseDeparted()
    }

    func endAfterTurn(_ stream: Stream, _ end: StreamEnd) { failed.append((stream, end)) }

    private func runMailbox() {
        hasMail = false
        mailbox.take(into: &batch)
        for item in batch {
            switch item {
            case .work(let work): work()
            case .job(let job):
                job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
        }
        batch.removeAll(keepingCapacity: batch.count <= 1024)
    }

    private func fireTimers() {
        now = monotonicNanoseconds()
        if nextPreciseDeadline <= now { firePreciseTimers(now: now) }
        while let timed = wheel.popDue(now: now) { timed.timerFired(now: now) }
    }

    private func poll() {
        var timeout: Int64 = -1
        if hasMail {
            timeout = 0
        } else {
            let wake = min(wheel.nextWake ?? .max, nextPreciseDeadline)
            if wake != .max {
                let current = monotonicNanoseconds()
                timeout = wake > current ? Int64(clamping: wake - current) : 0
            }
        }
        let count = clinux_epoll_wait(epoll, events, Int32(Self.eventCapacity), timeout)
        // After a timeout too: the mailbox, which is next, must not see a time from before the wait.
        now = monotonicNanoseconds()
        guard count > 0 else { return }
        for index in 0..<count {
            guard let object = clinux_event_object(events, index) else {
                var signals: UInt64 = 0
                _ = read(wakeup, &signals, 8)
                hasMail = true
                continue
            }
            // The loop holds a reference from attach to the end of the turn of detach.
            Unmanaged<Pollable>.fromOpaque(object)._withUnsafeGuaranteedRef {
                if $0.isAttached { $0.ready(ReadyEvents(rawValue: clinux_event_bits(events, index))) }
            }
        }
    }

    // MARK: - Registration

    /// The most recently attached object; the others follow by ``Pollable/nextAttached``.
    var firstAttached: Unmanaged<Pollable>?

    /// Calls `body` for every stream of this loop. `body` may close them.
    package func forEachStream(_ body: (Stream) -> Void) {
        assertIsCurrent()
        var streams: [Stream] = []
        var candidate = firstAttached
        while let pollable = candidate?.takeUnretainedValue() {
            if let stream = pollable as? Stream { streams.append(stream) }
            candidate = pollable.nextAttached
        }
        for stream in streams where stream.isAttached { body(stream) }
    }

    func depart(_ pollable: Unmanaged<Pollable>) { departed.append(pollable) }

    private func releaseDeparted() {
        while let pollable = departed.popLast() { pollable.release() }
    }

    private func endAttached() {
        while let pollable = firstAttached?.takeUnretainedValue() {
            pollable.loopStopped()
            if pollable.isAttached { pollable.detach() }
        }
        // They may refer to the loop, which would never be released then.
        for timer in preciseTimers { timer.cancel() }
        held = []
        finishTurn()
    }
}

extension EventLoop: SerialExecutor, TaskExecutor {
    public func enqueue(_ job: consuming ExecutorJob) { _ = post(.job(UnownedJob(job))) }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    public func checkIsolated() {
        precondition(isCurrent, "expected to run on the event loop \(name)")
    }
}
