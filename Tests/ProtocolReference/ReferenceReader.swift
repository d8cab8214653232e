package import WebSocketProtocol

/// RFC 6455 §5 once more, slow and from the whole stream at once, to compare `MessageReader` with.
package struct ReferenceReader {
    private let role: Role
    private let limits: MessageLimits
    private let reserved: UInt8

    package init(role: Role, limits: MessageLimits = MessageLimits(), reserved: UInt8 = 0) {
        self.role = role
        self.limits = limits
        self.reserved = reserved
    }

    private struct Message {
        var kind: MessageKind
        var reserved: UInt8
        var declared: UInt64 = 0
        var fragments = 1
        var payload: [UInt8] = []
    }

    package func read(_ octets: [UInt8]) -> [Received] {
        var events: [Received] = []
        do throws(ProtocolError) {
            try read(octets, into: &events)
        } catch {
            events.append(.failed(error))
        }
        return events
    }

    private func read(_ octets: [UInt8], into events: inout [Received]) throws(ProtocolError) {
        var rest = octets[...]
        var open: Message?
        while let first = rest.popFirst() {
            let opcode = first % 16
            let isFinal = first >= 128
            let bits = (first / 16 % 8) * 16
            let allowed = opcode == 1 || opcode == 2 ? reserved : 0
            if bits & ~allowed != 0 { throw .reservedBitsSet(bits: bits & ~allowed) }
            if ![0, 1, 2, 8, 9, 10].contains(opcode) { throw .reservedOpcode(opcode) }
            if opcode >= 8 && !isFinal { throw .fragmentedControlFrame(opcode: opcode) }
            if opcode == 0 {
                guard let fragments = open?.fragments else { throw .unexpectedContinuation }
                if fragments == limits.maximumFragments { throw .tooManyFragments(limit: limits.maximumFragments) }
                open?.fragments += 1
            } else if opcode < 8 {
                if open != nil { throw .expectedContinuation(opcode: opcode) }
                open = Message(kind: opcode == 1 ? .text : .binary, reserved: bits)
            }
            guard let second = rest.popFirst() else { return }
            if role == .server && second < 128 { throw .unmaskedFrame }
            if role == .client && second >= 128 { throw .maskedFrame }
            guard let length = try length(second % 128, opcode, &rest) else { return }
            if opcode < 8 {
                let total = (open?.declared ?? 0) + length
                if total > UInt64(limits.maximumMessageSize) {
                    throw .messageTooLarge(length: total, limit: limits.maximumMessageSize)
                }
                open?.declared = total
            }
            var key: [UInt8] = [0, 0, 0, 0]
            if role == .server {
                guard rest.count >= 4 else { return }
                key = Array(rest.prefix(4))
                rest = rest.dropFirst(4)
            }
            let arrived = rest.prefix(Int(min(length, UInt64(rest.count))))
            let payload = arrived.enumerated().map { $1 ^ key[$0 % 4] }
            rest = rest.dropFirst(arrived.count)
            let isWhole = UInt64(arrived.count) == length
            if opcode >= 8 {
                guard isWhole else { return }
                events.append(try control(opcode, payload))
                if opcode == 8 { return }
                continue
            }
            guard var message = open else { return }
            message.payload += payload
            if message.kind == .text && message.reserved == 0 {
                if let offset = firstInvalidOffset(message.payload) { throw .invalidUTF8(offset: offset) }
                if isWhole && isFinal && !isValidUTF8(message.payload) {
                    throw .invalidUTF8(offset: message.payload.count)
                }
            }
            guard isWhole else { return }
            open = message
            if isFinal {
                events.append(.message(message.kind, reserved: message.reserved, message.payload))
                open = nil
            }
        }
    }

    private func length(
        _ short: UInt8, _ opcode: UInt8, _ rest: inout ArraySlice<UInt8>
    ) throws(ProtocolError) -> UInt64? {
        if opcode >= 8 && short > 125 { throw .controlFrameTooLong(opcode: opcode) }
        if opcode == 8 && short == 1 { throw .closeBodyOfOneByte }
        if short <= 125 { return UInt64(short) }
        let count = short == 126 ? 2 : 8
        if count == 8, let top = rest.first, top >= 128 { throw .lengthTooLarge }
        guard rest.count >= count else { return nil }
        let length = rest.prefix(count).reduce(UInt64(0)) { $0 * 256 + UInt64($1) }
        rest = rest.dropFirst(count)
        if length < (count == 2 ? 126 : 65536) { throw .nonMinimalLength(length: length, form: count * 8) }
        return length
    }

    private func control(_ opcode: UInt8, _ payload: [UInt8]) throws(ProtocolError) -> Received {
        if opcode == 9 { return .ping(payload) }
        if opcode == 10 { return .pong(payload) }
        if payload.isEmpty { return .close(nil) }
        let code = UInt16(payload[0]) * 256 + UInt16(payload[1])
        let isAllowed = (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
        if !isAllowed { throw .invalidCloseCode(code) }
        let reason = Array(payload[2...])
        if let offset = firstInvalidOffset(reason) { throw .invalidUTF8InCloseReason(offset: offset) }
        if !isValidUTF8(reason) { throw .invalidUTF8InCloseReason(offset: reason.count) }
        return .close(CloseCode(rawValue: code), reason: reason)
    }
}

/// Whether the standard library takes the octets for UTF-8.
package func isValidUTF8(_ octets: some Sequence<UInt8>) -> Bool {
    String(validating: Array(octets), as: UTF8.self) != nil
}

/// The offset of the first octet that no continuation can make valid, found by trying continuations.
package func firstInvalidOffset(_ octets: [UInt8]) -> Int? {
    // The usual case first: the search below is slow.
    if isValidUTF8(octets) { return nil }
    // Whether a prefix can be continued falls from true to false once.
    var good = 0
    var bad = octets.count + 1
    while bad - good > 1 {
        let middle = (good + bad) / 2
        if canBecomeUTF8(octets[..<middle]) { good = middle } else { bad = middle }
    }
    return bad > octets.count ? nil : good
}

private func canBecomeUTF8(_ octets: ArraySlice<UInt8>) -> Bool {
    let continuations: [UInt8] = [0x80, 0x90, 0xA0]
    var endings: [[UInt8]] = [[]]
    for _ in 0..<4 {
        if endings.contains(where: { isValidUTF8(octets + $0) }) { return true }
        endings = endings.flatMap { ending in continuations.map { ending + [$0] } }
    }
    return false
}
