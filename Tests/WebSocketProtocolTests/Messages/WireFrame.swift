import WebSocketProtocol

/// A frame as a peer may send it, right or wrong.
struct WireFrame {
    enum LengthForm {
        case shortest
        case sixteenBits
        case sixtyFourBits
    }

    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    /// RSV bits as they lie in the first octet.
    var reserved: UInt8 = 0
    var form = LengthForm.shortest
    /// What the header says, if not the payload's length.
    var declaredLength: UInt64?
    var key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    /// Masked where it must not be, or the other way round.
    var breaksMasking = false

    static func text(_ text: String) -> WireFrame { WireFrame(opcode: 1, payload: Array(text.utf8)) }
    static func text(octets: [UInt8]) -> WireFrame { WireFrame(opcode: 1, payload: octets) }
    static func binary(_ octets: [UInt8]) -> WireFrame { WireFrame(opcode: 2, payload: octets) }
    static func continuation(_ text: String) -> WireFrame { WireFrame(opcode: 0, payload: Array(text.utf8)) }
    static func continuation(octets: [UInt8]) -> WireFrame { WireFrame(opcode: 0, payload: octets) }
    static func ping(_ text: String = "") -> WireFrame { WireFrame(opcode: 9, payload: Array(text.utf8)) }
    static func pong(_ text: String = "") -> WireFrame { WireFrame(opcode: 10, payload: Array(text.utf8)) }
    static func close(body: [UInt8] = []) -> WireFrame { WireFrame(opcode: 8, payload: body) }
    static func close(_ code: UInt16, _ reason: String = "") -> WireFrame {
        close(body: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    var notFinal: WireFrame { changed { $0.isFinal = false } }
    var wronglyMasked: WireFrame { changed { $0.breaksMasking = true } }
    func reserved(_ bits: UInt8) -> WireFrame { changed { $0.reserved = bits } }
    func length(_ form: LengthForm) -> WireFrame { changed { $0.form = form } }
    /// Only the header, which announces a payload that never comes.
    func declaring(_ length: UInt64) -> WireFrame { changed { $0.declaredLength = length } }
    func keyed(_ key: [UInt8]) -> WireFrame { changed { $0.key = key } }

    private func changed(_ change: (inout WireFrame) -> Void) -> WireFrame {
        var frame = self
        change(&frame)
        return frame
    }

    /// The octets of the frame on its way to an endpoint of this role.
    func octets(to role: Role) -> [UInt8] {
        let isMasked = (role == .server) != breaksMasking
        let length = declaredLength ?? UInt64(payload.count)
        var octets = [(isFinal ? 0x80 : 0) | reserved | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch form {
        case .shortest where length <= 125: octets.append(mask | UInt8(length))
        case .shortest where length <= 0xFFFF, .sixteenBits:
            octets.append(mask | 126)
            octets += bigEndian(length, octets: 2)
        case .shortest, .sixtyFourBits:
            octets.append(mask | 127)
            octets += bigEndian(length, octets: 8)
        }
        guard isMasked else { return octets + payload }
        octets += key
        for (index, octet) in payload.enumerated() { octets.append(octet ^ key[index % 4]) }
        return octets
    }

    private func bigEndian(_ value: UInt64, octets count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }
}

extension [WireFrame] {
    func octets(to role: Role) -> [UInt8] { flatMap { $0.octets(to: role) } }
}

/// Random numbers that a seed repeats (SplitMix64).
struct WireRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func octets(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
