import WebSocketProtocol

/// A frame as the scripted peer writes it, right or wrong; its own encoder, so that it does not share our mistakes.
struct WireFrame: Equatable {
    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    /// RSV bits as they lie in the first octet.
    var reserved: UInt8 = 0
    /// What the header says, if not the payload's length.
    var declaredLength: UInt64?

    static func text(_ text: String) -> WireFrame { WireFrame(opcode: 1, payload: Array(text.utf8)) }
    static func text(octets: [UInt8]) -> WireFrame { WireFrame(opcode: 1, payload: octets) }
    static func binary(_ octets: [UInt8]) -> WireFrame { WireFrame(opcode: 2, payload: octets) }
    static func continuation(_ text: String) -> WireFrame { WireFrame(opcode: 0, payload: Array(text.utf8)) }
    static func ping(_ text: String = "") -> WireFrame { WireFrame(opcode: 9, payload: Array(text.utf8)) }
    static func pong(_ text: String = "") -> WireFrame { WireFrame(opcode: 10, payload: Array(text.utf8)) }
    static func close(body: [UInt8] = []) -> WireFrame { WireFrame(opcode: 8, payload: body) }
    static func close(_ code: UInt16, _ reason: String = "") -> WireFrame {
        close(body: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    var notFinal: WireFrame { changed { $0.isFinal = false } }
    func reserved(_ bits: UInt8) -> WireFrame { changed { $0.reserved = bits } }
    /// Only the header, which announces a payload that does not come whole.
    func declaring(_ length: UInt64) -> WireFrame { changed { $0.declaredLength = length } }

    private func changed(_ change: (inout WireFrame) -> Void) -> WireFrame {
        var frame = self
        change(&frame)
        return frame
    }

    /// The code in the body of a Close frame.
    var closeCode: UInt16? { payload.count < 2 ? nil : UInt16(payload[0]) << 8 | UInt16(payload[1]) }

    static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// The octets of the frame on its way to an endpoint of this role: masked if that is a server.
    func octets(to role: Role) -> [UInt8] {
        let length = declaredLength ?? UInt64(payload.count)
        let mask: UInt8 = role == .server ? 0x80 : 0
        var octets = [(isFinal ? 0x80 : 0) | reserved | opcode]
        switch length {
        case 0...125: octets.append(mask | UInt8(length))
        case 126...0xFFFF: octets += [mask | 126] + Self.bigEndian(length, octets: 2)
        default: octets += [mask | 127] + Self.bigEndian(length, octets: 8)
        }
        guard role == .server else { return octets + payload }
        octets += Self.key
        octets.reserveCapacity(octets.count + payload.count)
        for (index, octet) in payload.enumerated() { octets.append(octet ^ Self.key[index & 3]) }
        return octets
    }

    private static func bigEndian(_ value: UInt64, octets count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }
}

extension [WireFrame] {
    func octets(to role: Role) -> [UInt8] { flatMap { $0.octets(to: role) } }
}
