/// What faulty peers still look for after a connection is over.
extension Session {
    /// The payload of a ping that is next in what arrived.
    func nextPing() -> [UInt8]? { nextFrame(Opcode.ping) }

    /// The payload of a message that is next in what arrived.
    func nextMessage() -> [UInt8]? { nextFrame(Opcode.text) ?? nextFrame(Opcode.binary) }

    /// Looks at octets only that lie there or come within a moment.
    private func nextFrame(_ opcode: UInt8) -> [UInt8]? {
        if inbound.count == 0 { _ = inbound.fill(until: .after(milliseconds: 100)) }
        let octets = [UInt8](inbound.octets)
        for start in octets.indices where octets[start] & 0x0F == opcode && octets[start] & 0x80 != 0 {
            guard start + 1 < octets.count else { return nil }
            let isMasked = octets[start + 1] & 0x80 != 0
            let length = Int(octets[start + 1] & 0x7F)
            let payloadStart = start + 2 + (isMasked ? 4 : 0)
            guard isMasked == (role == .server), length < 126, payloadStart + length <= octets.count else { continue }
            var payload = Array(octets[payloadStart..<(payloadStart + length)])
            if isMasked {
                let key = Array(octets[(start + 2)..<payloadStart])
                payload.withUnsafeMutableBytes { mask($0, key, phase: 0) }
            }
            return payload
        }
        return nil
    }

    func garbageFollows() -> Bool {
        if inbound.count == 0 { _ = inbound.fill(until: .after(milliseconds: 100)) }
        return inbound.count > 0
    }

    func peekEnd() -> Arrival {
        guard inbound.count == 0 else { return .octets(inbound.count) }
        return inbound.fill(until: .after(milliseconds: 100))
    }

    /// Burns a processor's time, as a loop around a dead socket does.
    func spin() {
        let end = Instant.after(milliseconds: 5000)
        while .now < end {}
    }
}
