import Reactor
public import WebSocketProtocol

extension WebSocketConnection {
    /// Sends one part of a message that is too large to hold, as a fragment of its own (RFC 6455 §5.4).
    ///
    /// The first part begins the message, the one with `isLast` ends it; before the next one, wait until ``isWritable``.
    /// Whole messages sent meanwhile follow after it. Parts of text may end within a character.
    ///
    /// - Parameters:
    ///   - part: copied or sent before the call returns; may be empty.
    ///   - kind: the same for all parts of a message.
    public func send(part: RawSpan, kind: MessageKind, isLast: Bool) {
        part.withUnsafeBytes { send(part: $0, kind: kind, isLast: isLast) }
    }

    package func send(part: UnsafeRawBufferPointer, kind: MessageKind, isLast: Bool) {
        assertOnLoop()
        guard isOpen else { return }
        if let queue, queue.current?.slices == nil, queue.current != nil {
            sendFragment(part, isLast: isLast, of: queue)
            advance(queue)
        } else if let queue {
            enqueue(.part(kind, Array(part), isLast: isLast), in: queue)
        } else if isLast {
            send(part, kind: kind)
        } else {
            let queue = beginQueue()
            queue.current = OutgoingQueue.Progress(kind: kind, deflater: compression?.beginMessage())
            sendFragment(part, isLast: false, of: queue)
        }
    }

    // MARK: - The queue

    func beginQueue() -> OutgoingQueue {
        let queue = OutgoingQueue()
        self.queue = queue
        sendsPlainly = false
        return queue
    }

    func enqueue(_ item: OutgoingQueue.Item, in queue: OutgoingQueue) {
        guard item.count <= context.configuration.outboxLimit - queue.count - (stream?.pendingBytes ?? 0) else {
            return endSlowConsumer()
        }
        queue.append(item)
        if queue.count > context.configuration.outboxHighWatermark { queue.isAboveHighWatermark = true }
    }

    /// Sends what can be sent now.
    func advance(_ queue: OutgoingQueue) {
        while stream != nil, self.queue === queue {
            if queue.current?.slices != nil {
                // What was compressed must leave before more is: see `drained`.
                guard !(stream?.isAboveHighWatermark ?? false) else { return }
                sendSlice(of: queue)
                if queue.current != nil { return continueLater(queue) }
            } else if let item = queue.popNext() {
                send(item, from: queue)
            } else if queue.current == nil {
                return end(queue)
            } else {
                // A message in parts that can have no further part must not keep the Close frame waiting.
                if let close = queue.close {
                    dropQueue()
                    sendClose(close.code, reason: close.reason)
                }
                return
            }
        }
    }

    /// Goes on in the loop's next turn, when the other connections had theirs.
    private func continueLater(_ queue: OutgoingQueue) {
        guard !queue.isScheduled else { return }
        queue.isScheduled = true
        loop.execute { [self] in
            guard let queue = self.queue else { return }
            queue.isScheduled = false
            advance(queue)
        }
    }

    private func send(_ item: OutgoingQueue.Item, from queue: OutgoingQueue) {
        switch item {
        case .message(let kind, let octets, let compress):
            octets.withUnsafeBytes { sendWhole($0, kind: kind, compress: compress) }
        case .encoded(let message): sendEncoded(message)
        case .part(let kind, let octets, let isLast):
            if queue.current == nil {
                queue.current = OutgoingQueue.Progress(kind: kind, deflater: compression?.beginMessage())
            }
            octets.withUnsafeBytes { sendFragment($0, isLast: isLast, of: queue) }
        }
    }

    /// Everything is on its way: from now on messages are sent at once again.
    private func end(_ queue: OutgoingQueue) {
        self.queue = nil
        sendsPlainly = compression == nil
        if queue.holdsBackInput { endHoldingBack() }
        if let close = queue.close { return sendClose(close.code, reason: close.reason) }
        // Else the stream will say so.
        if queue.isAboveHighWatermark && isWritable { handler.becameWritable(self) }
    }

    /// Forgets what was not sent.
    func dropQueue() {
        guard let queue else { return }
        if let deflater = queue.current?.deflater { compression?.endMessage(deflater) }
        self.queue = nil
        if queue.holdsBackInput { endHoldingBack() }
    }

    // MARK: - Fragments

    /// Begins to send a message larger than a slice compressed; returns false when it would not get smaller or cannot be
    /// compressed.
    func beginSlices(_ payload: UnsafeRawBufferPointer, kind: MessageKind) -> Bool {
        guard let compression, let deflater = compression.beginMessage() else { return false }
        // The first slice tells whether it is worth while.
        var first: [UInt8] = []
        first.reserveCapacity(LoopCompression.sliceLength)
        let slice = UnsafeRawBufferPointer(rebasing: payload.prefix(LoopCompression.sliceLength))
        compression.compress(slice, end: .flush, with: deflater) { first.append(contentsOf: $0) }
        guard first.count < slice.count else {
            compression.abandonMessage(deflater, afterSparing: slice.count - first.count)
            return false
        }
        let queue = self.queue ?? beginQueue()
        var progress = OutgoingQueue.Progress(kind: kind, deflater: deflater)
        progress.slices = (Array(payload[slice.count...]), 0)
        if payload.count > context.configuration.outboxHighWatermark { queue.isAboveHighWatermark = true }
        queue.current = progress
        first.withUnsafeBytes { sendFrame($0, isFinal: false, of: queue) }
        continueLater(queue)
        return true
    }

    private func sendSlice(of queue: OutgoingQueue) {
        guard let slices = queue.current?.slices else { return }
        let end = min(slices.done + LoopCompression.sliceLength, slices.octets.count)
        queue.current?.slices?.done = end
        slices.octets.withUnsafeBytes { octets in
            let slice = UnsafeRawBufferPointer(rebasing: octets[slices.done..<end])
            sendFragment(slice, isLast: end == octets.count, of: queue)
        }
    }

    private func sendFragment(_ part: UnsafeRawBufferPointer, isLast: Bool, of queue: OutgoingQueue) {
        guard let progress = queue.current else { return }
        guard let deflater = progress.deflater, let compression else {
            sendFrame(part, isFinal: isLast, of: queue)
            if isLast { queue.current = nil }
            return
        }
        // A part is to be read by the peer when it is written; slices wait for nobody.
        let end: Deflater.PartEnd = isLast ? .last : progress.slices == nil ? .flush : .more
        compression.compress(part, end: end, with: deflater) {
            sendFrame($0, isFinal: false, of: queue)
        }
        guard isLast else { return }
        // What zlib gives comes in runs of unknown number: the frame that ends the message is an empty one.
        sendFrame(UnsafeRawBufferPointer(start: nil, count: 0), isFinal: true, of: queue)
        compression.endMessage(deflater)
        queue.current = nil
    }

    private func sendFrame(_ payload: UnsafeRawBufferPointer, isFinal: Bool, of queue: OutgoingQueue) {
        guard let progress = queue.current else { return }
        let isFirst = progress.isFirstFrame
        queue.current?.isFirstFrame = false
        sendFrame(
            isFirst ? progress.kind.opcode : .continuation, payload, isFinal: isFinal,
            reserved: isFirst && progress.deflater != nil ? FrameHeader.rsv1 : 0)
    }
}
