/// What a correct peer that echoes makes of a stream of octets: RFC 6455 once more, as a function.
struct ReferenceConversation {
    enum Ending: Equatable {
        /// It waits for more.
        case open
        /// A Close was received.
        case closed
        /// The connection is failed; where two rules are broken at once either code may come.
        case failed
    }

    private(set) var events: [Event] = []
    private(set) var ending = Ending.open
    /// It ends with a part of a frame whose header is wrong: a peer may fail at once, or wait for the rest.
    private(set) var mayFail = false
    /// The code of the Close that ends it, valid or not.
    private(set) var closeCode: UInt16?
    /// What follows is read in more than one way: a length that is longer than it need be is accepted by some (F-007), and
    /// one that is longer than most take is waited for by others.
    private(set) var isUnclear = false

    /// - Parameters:
    ///   - octets: of the peer's peer, from behind the handshake.
    ///   - sender: who sends them.
    init(_ octets: [UInt8], from sender: Sender) {
        var rest = octets[...]
        var message: (opcode: UInt8, payload: [UInt8])?
        while ending == .open {
            switch Self.header(rest, from: sender, isOpen: message != nil) {
            case .incomplete(let isBroken):
                mayFail = isBroken
                return
            case .unclear:
                isUnclear = true
                return
            case .broken: ending = .failed
            case .whole(let header):
                guard rest.count >= header.total else {
                    // Text that is wrong already may be failed before the frame is complete, or not before.
                    return
                }
                var payload = Array(rest.dropFirst(header.length).prefix(header.total - header.length))
                if let key = header.key { for index in payload.indices { payload[index] ^= key[index & 3] } }
                rest = rest.dropFirst(header.total)
                take(header, payload, &message)
            }
        }
    }

    /// Whether a peer may have sent just this so far: messages in their order, and pongs in theirs. A pong may overtake the
    /// echo of a message, which an application sends, and one may do for several pings (RFC 6455 §5.5.3).
    func allows(_ received: [Event]) -> Bool {
        let messages = received.filter { !$0.isPong }
        let ownMessages = events.filter { !$0.isPong }
        let common = min(messages.count, ownMessages.count)
        guard messages.prefix(common) == ownMessages.prefix(common) else { return false }
        guard !isUnclear else { return true }
        var pongs = events.filter(\.isPong)[...]
        for pong in received where pong.isPong {
            guard let place = pongs.firstIndex(of: pong) else { return false }
            pongs = pongs[(place + 1)...]
        }
        return messages.count <= ownMessages.count
    }

    /// Whether nothing is missing: every message, and the last pong.
    func isSatisfied(by received: [Event]) -> Bool {
        let lastPong = events.last { $0.isPong }
        return received.count { !$0.isPong } >= events.count { !$0.isPong }
            && (lastPong.map { received.contains($0) } ?? true)
    }

    private mutating func take(
        _ header: Header, _ payload: [UInt8], _ message: inout (opcode: UInt8, payload: [UInt8])?
    ) {
        switch header.opcode {
        case Frame.ping: events.append(.pong(payload))
        case Frame.pong: break
        case Frame.close:
            let close = CloseFrame(payload: payload)
            closeCode = close.code
            let isBroken =
                payload.count == 1 || close.code.map { !Conversation.mayBeSent($0) } ?? false
                || !UTF8Check.isValid(close.reason)
            ending = isBroken ? .failed : .closed
        default:
            var whole = message ?? (header.opcode, [])
            whole.payload += payload
            guard header.isFinal else {
                message = whole
                return
            }
            message = nil
            if whole.opcode == Frame.binary {
                events.append(.binary(whole.payload))
            } else if UTF8Check.isValid(whole.payload) {
                events.append(.text(whole.payload))
            } else {
                ending = .failed
            }
        }
    }

    private struct Header {
        var opcode: UInt8
        var isFinal: Bool
        var key: [UInt8]?
        /// Octets of the header, and of the whole frame.
        var length: Int
        var total: Int
    }

    private enum HeaderStep {
        case incomplete(isBroken: Bool)
        case unclear
        case broken
        case whole(Header)
    }

    /// More than any case sends, and than most peers take.
    private static let longest: UInt64 = 1 << 20

    private static func header(_ octets: ArraySlice<UInt8>, from sender: Sender, isOpen: Bool) -> HeaderStep {
        let available = octets.count
        let octets = Array(octets.prefix(14))
        guard octets.count >= 2 else { return .incomplete(isBroken: false) }
        let opcode = octets[0] & 15
        let isFinal = octets[0] & 0x80 != 0
        let short = octets[1] & 0x7f
        let isMasked = octets[1] & 0x80 != 0
        let extended = short == 126 ? 2 : short == 127 ? 8 : 0
        let length = 2 + extended + (isMasked ? 4 : 0)
        let isSound =
            octets[0] & 0x70 == 0 && [0, 1, 2, 8, 9, 10].contains(opcode) && isMasked == (sender == .client)
            && (opcode < 8 ? (opcode == 0) == isOpen : isFinal && short < 126)
        guard octets.count >= length else { return .incomplete(isBroken: !isSound) }
        let count =
            extended == 0 ? UInt64(short) : octets[2..<2 + extended].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count >> 63 == 0 else { return .broken }
        // A peer may look at a header when it has the whole frame.
        guard isSound else {
            return UInt64(available) < UInt64(length) + count ? .incomplete(isBroken: true) : .broken
        }
        let isShortest = (extended != 2 || count >= 126) && (extended != 8 || count >= 65536)
        guard isShortest, count <= longest else { return .unclear }
        return .whole(
            Header(
                opcode: opcode, isFinal: isFinal, key: isMasked ? Array(octets[length - 4..<length]) : nil,
                length: length, total: length + Int(count)))
    }
}
