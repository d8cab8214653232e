/// How a server or client uses permessage-deflate (RFC 7692). Off unless asked for: it costs CPU and memory, and a secret
/// compressed together with what an attacker chose can be guessed from the length (CRIME). Leave such messages out with
/// `compress: false` of ``WebSocketConnection/send(_:kind:compress:)-(RawSpan,_,_)``.
public struct CompressionConfiguration: Sendable {
    public enum Mode: Sendable, Hashable {
        /// Neither offered nor accepted.
        case off
        /// No context takeover: each message is compressed by itself, with one compressor and one inflater for all
        /// connections of a loop. A connection costs no memory for it.
        case shared
        /// Context takeover: later messages refer to earlier ones, which makes small similar messages much smaller. A
        /// connection's compressor and inflater are made on first use and take
        /// `(1 << (windowBits + 2)) + (1 << (memoryLevel + 9)) + (1 << windowBits)` octets and 13 KiB, within the budget.
        ///
        /// - windowBits: 8...15; how far back a message can refer, as a logarithm.
        /// - memoryLevel: 1...9; less memory compresses less.
        case dedicated(windowBits: Int = 15, memoryLevel: Int = 8)
    }

    public var mode = Mode.off
    /// 1 (fastest) to 9 (smallest). 0 stores.
    public var level = 6
    /// Messages of fewer octets are not compressed.
    public var threshold = 64
    /// How many octets one octet of a message from the peer may inflate to; more closes with 1009. DEFLATE reaches 1,032,
    /// text reaches 5 to 20.
    public var maximumRatio = 200
    /// A message may always inflate to this many octets, whatever the ratio.
    public var ratioFloor = 1 << 20
    /// What the contexts of `dedicated` connections may take together. When it is used up, new connections get what
    /// `shared` gives.
    public var budget = CompressionBudget.process

    public init(_ mode: Mode = .off) { self.mode = mode }

    /// As `mode`'s text is written: see ``Mode/init(_:)``.
    public static let modeExamples =
        "off, shared, dedicated, dedicated:11 (window bits) or dedicated:11:4 (and memory level)"

    /// What `shared` uses besides the connection's window.
    static let sharedMemoryLevel = 8

    /// Why these settings cannot be used; nil when they can.
    public var problem: String? {
        if case .dedicated(let windowBits, let memoryLevel) = mode {
            guard 8...15 ~= windowBits else { return "the window bits are a number from 8 to 15" }
            guard 1...9 ~= memoryLevel else { return "the memory level is a number from 1 to 9" }
        }
        return 0...9 ~= level ? nil : "the level is a number from 0 to 9"
    }
}

extension CompressionConfiguration.Mode: LosslessStringConvertible {
    /// `off`, `shared`, `dedicated`, `dedicated:WINDOWBITS` or `dedicated:WINDOWBITS:MEMORYLEVEL`; nil for anything else.
    public init?(_ text: String) {
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = words.dropFirst().map { Int($0) ?? 0 }
        switch (words.first, numbers.count) {
        case ("off", 0): self = .off
        case ("shared", 0): self = .shared
        case ("dedicated", 0): self = .dedicated()
        case ("dedicated", 1): self = .dedicated(windowBits: numbers[0])
        case ("dedicated", 2): self = .dedicated(windowBits: numbers[0], memoryLevel: numbers[1])
        default: return nil
        }
        guard CompressionConfiguration(self).problem == nil else { return nil }
    }

    public var description: String {
        switch self {
        case .off: "off"
        case .shared: "shared"
        case .dedicated(let windowBits, let memoryLevel): "dedicated:\(windowBits):\(memoryLevel)"
        }
    }
}
