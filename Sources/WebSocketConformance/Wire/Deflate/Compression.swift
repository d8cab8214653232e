/// What the suite sends compressed, as it was agreed: window and context (RFC 7692 §7.1).
final class Compression {
    let windowBits: Int
    let keepsContext: Bool
    private let deflate: Deflate?
    private var history: [UInt8] = []

    /// - Parameter windowBits: 8 to 15. With 8, where zlib has nothing to offer, references are found by the suite itself.
    init(windowBits: Int = 15, keepsContext: Bool = true, level: Int32 = 6) {
        self.windowBits = windowBits
        self.keepsContext = keepsContext
        deflate = windowBits < 9 ? nil : Deflate(windowBits: Int32(min(15, windowBits)), level: level)
    }

    /// The message as it goes into frames.
    func message(_ octets: [UInt8]) -> [UInt8] {
        if let deflate {
            if !keepsContext { deflate.reset() }
            return deflate.message(octets)
        }
        let window = 1 << windowBits
        var writer = DeflateWriter()
        writer.fixed(.referring(octets, history: keepsContext ? history : [], window: window))
        history = Array((history + octets).suffix(window))
        return writer.message()
    }
}

extension DeflateTerms {
    /// The window in which `sender` compresses.
    func windowBits(of sender: Sender) -> Int { sender == .client ? clientMaxWindowBits : serverMaxWindowBits }

    /// Whether `sender` may refer to its earlier messages.
    func keepsContext(of sender: Sender) -> Bool {
        !(sender == .client ? clientNoContextTakeover : serverNoContextTakeover)
    }

    /// How `sender` compresses.
    func compression(of sender: Sender, level: Int32 = 6) -> Compression {
        Compression(windowBits: windowBits(of: sender), keepsContext: keepsContext(of: sender), level: level)
    }
}

extension Frame {
    /// A frame that begins a compressed message: RSV1 set, the payload as given (RFC 7692 §6).
    static func compressed(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> Frame {
        Frame(opcode, payload, isFinal: isFinal).with(reservedBits: 4, isOffending: false)
    }

    /// A compressed message in several frames: its payload cut behind each of `ends`.
    static func compressed(_ opcode: UInt8, _ payload: [UInt8], cutAt ends: [Int]) -> [Frame] {
        var frames: [Frame] = []
        var start = 0
        for end in ends.filter({ $0 <= payload.count }) + [payload.count] {
            let piece = Array(payload[start..<max(start, end)])
            frames.append(
                frames.isEmpty ? compressed(opcode, piece, isFinal: false) : continuation(piece, isFinal: false))
            start = max(start, end)
        }
        frames[frames.count - 1].isFinal = true
        return frames
    }
}
