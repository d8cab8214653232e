/// A frame to send, correct by default and wrong where asked for (RFC 6455 §5.2).
///
/// ```swift
/// Frame.text("Hello")                         // masked as the sender's role wants it
/// Frame.ping("x").with(reservedBits: 4)       // RSV1
/// Frame.binary([1]).with(length: .bits64)     // not the shortest form
/// ```
struct Frame: Sendable, Equatable {
    static let continuation: UInt8 = 0
    static let text: UInt8 = 1
    static let binary: UInt8 = 2
    static let close: UInt8 = 8
    static let ping: UInt8 = 9
    static let pong: UInt8 = 10

    enum Length: Sendable, Equatable {
        case shortest
        case bits16
        case bits64
        /// In the shortest form that holds it, whatever the payload is.
        case declared(UInt64)
        /// In the 64-bit form, whatever the payload is.
        case declared64(UInt64)
    }

    enum Masking: Sendable, Equatable {
        /// Masked with a random key by a client, not masked by a server.
        case asRole
        /// The other way round: against the rules.
        case against
        /// Masked with this key, when the role masks at all.
        case key(UInt32)
    }

    var isFinal = true
    /// RSV1 = 4, RSV2 = 2, RSV3 = 1.
    var reservedBits: UInt8 = 0
    var opcode: UInt8
    var payload: [UInt8]
    var length = Length.shortest
    var masking = Masking.asRole
    /// How many octets of the encoded frame are sent; nil sends all.
    var prefix: Int?
    /// Whether the frame breaks a rule on purpose: it is marked in the wire log.
    var isOffending = false

    init(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) {
        self.opcode = opcode
        self.payload = payload
        self.isFinal = isFinal
    }

    static func text(_ text: String, isFinal: Bool = true) -> Frame {
        Frame(Self.text, Array(text.utf8), isFinal: isFinal)
    }
    static func text(_ octets: [UInt8], isFinal: Bool = true) -> Frame {
        Frame(Self.text, octets, isFinal: isFinal)
    }
    static func binary(_ octets: [UInt8], isFinal: Bool = true) -> Frame {
        Frame(Self.binary, octets, isFinal: isFinal)
    }
    static func continuation(_ octets: [UInt8], isFinal: Bool = true) -> Frame {
        Frame(Self.continuation, octets, isFinal: isFinal)
    }
    static func continuation(_ text: String, isFinal: Bool = true) -> Frame {
        Frame(Self.continuation, Array(text.utf8), isFinal: isFinal)
    }
    static func ping(_ text: String = "") -> Frame { Frame(Self.ping, Array(text.utf8)) }
    static func ping(_ octets: [UInt8]) -> Frame { Frame(Self.ping, octets) }
    static func pong(_ text: String = "") -> Frame { Frame(Self.pong, Array(text.utf8)) }
    static func pong(_ octets: [UInt8]) -> Frame { Frame(Self.pong, octets) }
    /// Close with a code and a reason; without a code its payload is empty.
    static func close(_ code: UInt16? = nil, _ reason: [UInt8] = []) -> Frame {
        guard let code else { return Frame(Self.close, reason) }
        return Frame(Self.close, [UInt8(code >> 8), UInt8(code & 0xff)] + reason)
    }
    static func close(_ code: UInt16, _ reason: String) -> Frame { close(code, Array(reason.utf8)) }

    /// The same frame with what is given changed, marked as breaking a rule unless `isOffending` says otherwise.
    func with(
        isFinal: Bool? = nil, reservedBits: UInt8? = nil, length: Length? = nil, masking: Masking? = nil,
        prefix: Int? = nil, isOffending: Bool = true
    ) -> Frame {
        var frame = self
        if let isFinal { frame.isFinal = isFinal }
        if let reservedBits { frame.reservedBits = reservedBits }
        if let length { frame.length = length }
        if let masking { frame.masking = masking }
        if let prefix { frame.prefix = prefix }
        frame.isOffending = isOffending
        return frame
    }

    /// The same frame, marked as breaking a rule.
    var offending: Frame { with() }

    /// The octets on the wire.
    ///
    /// - Parameters:
    ///   - role: who sends it.
    ///   - random: gives the masking key.
    func encoded(by role: Sender, random: inout SeededRandom) -> [UInt8] {
        let key = maskingKey(by: role, random: &random)
        var octets: [UInt8] = [(isFinal ? 0x80 : 0) | (reservedBits & 7) << 4 | opcode & 0x0f]
        appendLength(to: &octets, maskBit: key == nil ? 0 : 0x80)
        if let key {
            octets += key
            let start = octets.count
            octets += payload
            for index in payload.indices { octets[start + index] ^= key[index & 3] }
        } else {
            octets += payload
        }
        return prefix.map { Array(octets.prefix($0)) } ?? octets
    }

    private func maskingKey(by role: Sender, random: inout SeededRandom) -> [UInt8]? {
        switch masking {
        case .asRole: role == .client ? random.octets(4) : nil
        case .against: role == .client ? nil : random.octets(4)
        case .key(let key): role == .client ? bigEndian(UInt64(key), octets: 4) : nil
        }
    }

    private func appendLength(to octets: inout [UInt8], maskBit: UInt8) {
        let count = UInt64(payload.count)
        switch length {
        case .shortest: appendShortest(count, to: &octets, maskBit: maskBit)
        case .declared(let declared): appendShortest(declared, to: &octets, maskBit: maskBit)
        case .bits16: octets += [maskBit | 126] + bigEndian(count, octets: 2)
        case .bits64: octets += [maskBit | 127] + bigEndian(count, octets: 8)
        case .declared64(let declared): octets += [maskBit | 127] + bigEndian(declared, octets: 8)
        }
    }

    private func appendShortest(_ count: UInt64, to octets: inout [UInt8], maskBit: UInt8) {
        switch count {
        case ..<126: octets.append(maskBit | UInt8(count))
        case ..<65536: octets += [maskBit | 126] + bigEndian(count, octets: 2)
        default: octets += [maskBit | 127] + bigEndian(count, octets: 8)
        }
    }

    /// What a person calls it: `text, 5 octets`.
    var summary: String {
        var words = [Self.name(of: opcode)]
        if !isFinal { words.append("FIN clear") }
        if reservedBits != 0 { words.append("RSV \(String(reservedBits, radix: 2))") }
        words.append("\(payload.count) octets")
        switch length {
        case .shortest: break
        case .bits16: words.append("16-bit length")
        case .bits64: words.append("64-bit length")
        case .declared(let declared), .declared64(let declared): words.append("declared \(declared)")
        }
        if masking == .against { words.append("masking against the rules") }
        return words.joined(separator: ", ")
    }

    static func name(of opcode: UInt8) -> String {
        switch opcode {
        case continuation: "continuation"
        case text: "text"
        case binary: "binary"
        case close: "close"
        case ping: "ping"
        case pong: "pong"
        default: "opcode \(opcode)"
        }
    }
}

/// Who sends a frame.
enum Sender: Sendable {
    case client
    case server
}

/// `value` in network order, its last `octets` octets.
func bigEndian(_ value: UInt64, octets: Int) -> [UInt8] {
    (0..<octets).reversed().map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
}
