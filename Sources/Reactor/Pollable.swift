import CLinux
import Glibc

/// What a descriptor is waited for.
struct Interest: OptionSet {
    let rawValue: UInt32
    static let readable = Interest(rawValue: UInt32(EPOLLIN.rawValue))
    static let writable = Interest(rawValue: UInt32(EPOLLOUT.rawValue))
    /// Reports what is ready once, instead of as long as it is.
    static let onlyChanges = Interest(rawValue: UInt32(EPOLLET.rawValue))
}

/// What epoll reported of a descriptor.
struct ReadyEvents: OptionSet {
    let rawValue: UInt32
    static let readable = ReadyEvents(rawValue: UInt32(EPOLLIN.rawValue))
    static let writable = ReadyEvents(rawValue: UInt32(EPOLLOUT.rawValue))
    /// Both directions have ended.
    static let hangUp = ReadyEvents(rawValue: UInt32(EPOLLHUP.rawValue))
    static let error = ReadyEvents(rawValue: UInt32(EPOLLERR.rawValue))
}

/// A descriptor registered with a loop. The loop holds a reference while it is attached.
package class Pollable: Timed {
    @exclusivity(unchecked) package fileprivate(set) var descriptor: Int32
    /// What epoll waits for now.
    @exclusivity(unchecked) fileprivate var interest: Interest = []
    /// Not retained: the loop outlives what is attached to it.
    @exclusivity(unchecked) private var loopReference: Unmanaged<EventLoop>?
    fileprivate(set) var nextAttached: Unmanaged<Pollable>?
    private var previousAttached: Unmanaged<Pollable>?

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The descriptor is ready. Errors and hang-ups are reported whatever the interest is.
    func ready(_ events: ReadyEvents) {}

    /// The loop ends: release everything. The loop detaches afterwards.
    func loopStopped() {}

    /// Whether a loop watches it.
    @inline(__always)
    final var isAttached: Bool { loopReference != nil }

    /// The loop it is attached to; using a detached object is a mistake of our own.
    @inline(__always)
    final var loop: EventLoop {
        guard let loopReference else { preconditionFailure("a closed socket was used") }
        return loopReference.takeUnretainedValue()
    }

    final var loopIfAttached: EventLoop? { loopReference?.takeUnretainedValue() }

    /// Joins a loop. Without a descriptor (-1) it only has a timer, and hears when the loop stops.
    ///
    /// - Throws: ``SocketError`` when the kernel's memory or quota for watched descriptors is used up, or the loop stops.
    final func attach(to loop: EventLoop, interest: Interest) throws(SocketError) {
        loop.assertIsCurrent()
        assert(loopReference == nil)
        // Else whoever replaces each connection that ends would keep a stopping loop busy for ever.
        guard !loop.isStopping else { throw SocketError("watch a descriptor of a stopping loop", code: ECANCELED) }
        let reference = Unmanaged.passUnretained(self)
        if descriptor >= 0 {
            let result = clinux_epoll_control(
                loop.epoll, EPOLL_CTL_ADD, descriptor, interest.rawValue, reference.toOpaque())
            guard result == 0 else { throw SocketError("watch a descriptor") }
        }
        loopReference = .passUnretained(loop)
        self.interest = interest
        nextAttached = loop.firstAttached
        nextAttached?._withUnsafeGuaranteedRef { $0.previousAttached = reference }
        loop.firstAttached = reference.retain()
    }

    final func setInterest(_ interest: Interest) {
        guard interest != self.interest, let loop = loopIfAttached else { return }
        self.interest = interest
        let object = Unmanaged.passUnretained(self).toOpaque()
        _ = clinux_epoll_control(loop.epoll, EPOLL_CTL_MOD, descriptor, interest.rawValue, object)
    }

    final func addInterest(_ addition: Interest) { setInterest(interest.union(addition)) }
    final func removeInterest(_ removal: Interest) { setInterest(interest.subtracting(removal)) }

    final func setTimer(at deadline: UInt64) { loopIfAttached?.wheel.schedule(self, at: deadline) }
    final func cancelTimer() { loopIfAttached?.wheel.cancel(self) }

    /// Leaves the loop and closes the descriptor.
    final func detach() {
        let descriptor = takeDescriptor()
        if descriptor >= 0 { close(descriptor) }
    }

    /// Leaves the loop and hands the descriptor, still open, to the caller.
    final func takeDescriptor() -> Int32 {
        let taken = descriptor
        descriptor = -1
        guard let loop = loopIfAttached else { return taken }
        loop.wheel.cancel(self)
        if taken >= 0 { _ = clinux_epoll_control(loop.epoll, EPOLL_CTL_DEL, taken, 0, nil) }
        if let previous = previousAttached {
            previous._withUnsafeGuaranteedRef { $0.nextAttached = nextAttached }
        } else {
            loop.firstAttached = nextAttached
        }
        nextAttached?._withUnsafeGuaranteedRef { $0.previousAttached = previousAttached }
        nextAttached = nil
        previousAttached = nil
        loopReference = nil
        loop.depart(.passUnretained(self))
        return taken
    }
}
