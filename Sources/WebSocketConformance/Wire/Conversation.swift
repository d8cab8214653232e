import BenchResults

/// The WebSocket phase of a wire: frames out as they are given, frames in read by the letter of RFC 6455.
///
/// Whatever the peer itself does wrong is noted as a ``Violation`` and fails the case, whatever the case is about.
final class Conversation {
    /// A rule that the peer broke in what it sent.
    struct Violation: Sendable, Equatable {
        /// The row of the catalogue.
        var row: String
        var text: String
    }

    enum Incoming: Sendable, Equatable {
        case event(Event)
        case ping([UInt8])
        case close(CloseFrame)
        /// The peer ended its direction, or the connection is gone.
        case end
    }

    let wire: Wire
    /// Who we are.
    let sender: Sender
    /// Reads what the peer compresses; nil without permessage-deflate.
    let inflation: Inflation?
    /// What was agreed on about compression.
    let terms: DeflateTerms?
    private let recorder: WireRecorder
    private var random: SeededRandom
    private var reader = FrameReader()
    private var message: (opcode: UInt8, isCompressed: Bool, payload: [UInt8])?
    /// Whether pings are answered, as a correct peer does.
    var answersPings = true
    /// Whether a Close is answered with the same code, as a correct peer does.
    var answersClose = true

    private(set) var violations: [Violation] = []
    /// The same, where another row judges it.
    private(set) var asides: [Violation] = []
    /// Whether data behind the peer's own Close counts. Rows about closing find out who sends it; a row about something else
    /// would accuse a peer that has kept it.
    var mindsLateData = true
    /// Whether an echo of our own violation counts as one of the peer's, as it does for Autobahn, whose parser minds all.
    var mindsRepetitions = false
    private(set) var received: [Event] = []
    private(set) var close: CloseFrame?
    private(set) var hasSentClose = false
    /// When the later of the two Closes went out or came; from then on the end of TCP is due (RFC 6455 §7.1.1).
    private(set) var lastCloseAt: UInt64 = 0
    /// The codes of the Close frames that we sent.
    private var sentCloseCodes: Set<UInt16> = []
    /// Whether we sent data that breaks a rule: a peer that echoes it makes the same mistake only once.
    private var hasSentOffendingData = false
    /// Frames as they came, when ``keepsFrames`` is set.
    private(set) var frames: [ReceivedFrame] = []
    var keepsFrames = false
    /// How many frames have come.
    private(set) var frameCount = 0
    private(set) var pingCount = 0
    private var offsetBase: Int

    init(
        wire: Wire, sender: Sender, inflation: Inflation?, terms: DeflateTerms?, recorder: WireRecorder,
        random: SeededRandom
    ) {
        self.wire = wire
        self.sender = sender
        self.inflation = inflation
        self.terms = terms
        self.recorder = recorder
        self.random = random
        offsetBase = wire.receivedCount - wire.unread.count
    }

    // MARK: - Sending

    /// Sends `frames` as one run of octets, cut as asked.
    func send(_ frames: [Frame], cut: Cut = .whole) async {
        let (octets, notes, ends) = encodedWithEnds(frames)
        await wire.send(octets, cut: cut == .everyFrame ? .at(ends) : cut, notes: notes)
    }

    func send(_ frame: Frame, cut: Cut = .whole) async { await send([frame], cut: cut) }

    /// The octets of `frames`, and what the log says about them.
    func encoded(_ frames: [Frame]) -> (octets: [UInt8], notes: [WireLog.Note]) {
        let (octets, notes, _) = encodedWithEnds(frames)
        return (octets, notes)
    }

    private func encodedWithEnds(_ frames: [Frame]) -> (octets: [UInt8], notes: [WireLog.Note], ends: [Int]) {
        var octets: [UInt8] = []
        var notes: [WireLog.Note] = []
        var ends: [Int] = []
        for frame in frames {
            let encoded = frame.encoded(by: sender, random: &random)
            if notes.count < 64 {
                notes.append(
                    WireLog.Note(
                        offset: octets.count, count: encoded.count, text: frame.summary, isOffending: frame.isOffending)
                )
            }
            octets += encoded
            ends.append(octets.count)
            if frame.isOffending && frame.opcode < 8 { hasSentOffendingData = true }
            if frame.opcode == Frame.close {
                if !hasSentClose { lastCloseAt = wire.now }
                hasSentClose = true
                if let code = CloseFrame(payload: frame.payload).code { sentCloseCodes.insert(code) }
            }
        }
        return (octets, notes, ends)
    }

    /// Sends a Close unless one was sent.
    func sendClose(_ code: UInt16? = 1000) async {
        guard !hasSentClose else { return }
        await send(.close(code))
    }

    // MARK: - Receiving

    /// The next thing that comes; nil when nothing does until `deadline`.
    func next(until deadline: UInt64) async -> Incoming? {
        while true {
            reader.append(wire.take())
            switch reader.next() {
            case .frame(let frame):
                if let incoming = await accept(frame) { return incoming }
            case .tooLong(let declared):
                violate("F-003", "a frame of \(declared) octets, more than any case asks for")
                wire.drop()
                return .end
            case .needsMore:
                if wire.end != nil || wire.isGone {
                    if !reader.pending.isEmpty && !wire.isGone && wire.end == .finished {
                        violate("F-028", "the connection ended inside a frame", isOffending: false)
                    }
                    return .end
                }
                guard await wire.wait(until: deadline) else { return wire.isGone ? .end : nil }
            }
        }
    }

    private func accept(_ frame: ReceivedFrame) async -> Incoming? {
        frameCount += 1
        if keepsFrames { frames.append(frame) }
        note(frame)
        check(frame)
        if close != nil, !frame.isControl, !mindsLateData { return nil }
        switch frame.opcode {
        case Frame.ping:
            pingCount += 1
            if answersPings && !hasSentClose { await send(Frame.pong(frame.payload)) }
            return .ping(frame.payload)
        case Frame.pong: return event(.pong(frame.payload))
        case Frame.close: return await accept(close: frame)
        case Frame.text, Frame.binary, Frame.continuation: return accept(data: frame)
        default: return nil
        }
    }

    private func event(_ event: Event) -> Incoming {
        received.append(event)
        return .event(event)
    }

    /// Takes the last event back: it answers the suite's own question.
    func forgetLastEvent() { _ = received.popLast() }

    private func accept(data frame: ReceivedFrame) -> Incoming? {
        if frame.opcode == Frame.continuation {
            guard message != nil else {
                violate("F-029", "a continuation with nothing to continue", frame)
                return nil
            }
        } else {
            if message != nil { violate("F-029", "a new message inside a fragmented one", frame) }
            message = (frame.opcode, frame.reservedBits & 4 != 0 && inflation != nil, [])
        }
        message?.payload += frame.payload
        guard frame.isFinal, let whole = message else { return nil }
        message = nil
        var payload = whole.payload
        if whole.isCompressed, let inflation {
            let plain = inflation.message(payload)
            for fault in inflation.takeFaults() { violate(fault.row, fault.text, frame) }
            guard let plain else { return nil }
            payload = plain
        }
        if whole.opcode == Frame.text {
            if (mindsRepetitions || !hasSentOffendingData) && !UTF8Check.isValid(payload) {
                violate("U-027", "a text message that is not UTF-8", frame)
            }
            return event(.text(payload))
        }
        return event(.binary(payload))
    }

    private func accept(close frame: ReceivedFrame) async -> Incoming {
        let payload = frame.payload
        let close = CloseFrame(payload: payload)
        let code = close.code
        if payload.count == 1 { violate("C-025", "a Close of one octet", frame) }
        if let code, !Self.mayBeSent(code), !isRepetitionOfUnassigned(code) {
            violate("C-024", "the close code \(code), which may not be sent", frame)
        }
        if !UTF8Check.isValid(close.reason) { violate("C-025", "a close reason that is not UTF-8", frame) }
        if self.close != nil {
            violate("C-022", "a second Close", frame)
        } else {
            self.close = close
            lastCloseAt = wire.now
        }
        if answersClose && !hasSentClose { await sendClose(code.flatMap { Self.mayBeSent($0) ? $0 : nil }) }
        return .close(close)
    }

    /// Octets that were sent past the conversation have a Close with `code`.
    func noteSent(closeCode code: UInt16) { sentCloseCodes.insert(code) }

    /// RFC 6455 §7.4 and the IANA registry.
    static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// A code that nobody has assigned is refused only by convention, so a peer that took ours and repeats it, as RFC 6455
    /// §5.5.1 has it, breaks no more than that: C-013 and C-014 grade it.
    private func isRepetitionOfUnassigned(_ code: UInt16) -> Bool {
        (code >= 5000 || (1016...2999).contains(code)) && sentCloseCodes.contains(code)
    }

    private func check(_ frame: ReceivedFrame) {
        if sender == .client && frame.maskingKey != nil { violate("M-006", "a masked frame from a server", frame) }
        if sender == .server && frame.maskingKey == nil { violate("M-010", "an unmasked frame from a client", frame) }
        if !frame.isShortestLength { violate("F-002", "a length not in its shortest form", frame) }
        if ![0, 1, 2, 8, 9, 10].contains(frame.opcode) { violate("F-003", "opcode \(frame.opcode)", frame) }
        if frame.reservedBits & 3 != 0 { violate("F-003", "RSV2 or RSV3 set", frame) }
        if frame.reservedBits & 4 != 0 {
            if inflation == nil {
                violate("F-003", "RSV1 set, and no extension agreed on", frame)
            } else if frame.isControl {
                violate("D-017", "RSV1 on a control frame", frame)
            } else if frame.opcode == Frame.continuation {
                violate("D-018", "RSV1 on a continuation", frame)
            }
        }
        if frame.isControl {
            let row = frame.opcode == Frame.close ? "C-025" : "P-010"
            if !frame.isFinal { violate(row, "a fragmented control frame", frame) }
            if frame.payload.count > 125 { violate(row, "a control frame of \(frame.payload.count) octets", frame) }
        }
        // Pings and pongs are no data (RFC 6455 §5.5.1), and until it has our Close a peer has to answer pings (§5.5.2).
        if close != nil && !frame.isControl {
            violate("C-023", "a data frame after its own Close", frame, isAside: !mindsLateData)
        }
    }

    private func violate(_ row: String, _ text: String, _ frame: ReceivedFrame, isAside: Bool = false) {
        if isAside {
            if asides.count < 20 { asides.append(Violation(row: row, text: text)) }
        } else {
            violate(row, text)
        }
        wire.annotate(
            offset: offsetBase + frame.offset, count: frame.headerLength + frame.payload.count, "\(row): \(text)",
            isOffending: true)
    }

    private func violate(_ row: String, _ text: String, isOffending: Bool = true) {
        guard violations.count < 20 else { return }
        violations.append(Violation(row: row, text: text))
    }

    private func note(_ frame: ReceivedFrame) {
        guard frameCount <= 64 else { return }
        var text = Frame.name(of: frame.opcode)
        if !frame.isFinal { text += ", FIN clear" }
        if frame.reservedBits != 0 { text += ", RSV \(String(frame.reservedBits, radix: 2))" }
        text += ", \(frame.payload.count) octets"
        if frame.opcode == Frame.close, frame.payload.count >= 2 {
            text += ", code \(UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1]))"
        } else if frame.reservedBits == 0 {
            text += preview(frame.payload)
        }
        wire.annotate(offset: offsetBase + frame.offset, count: frame.headerLength + frame.payload.count, text)
    }
}
