import Synchronization

/// Masking keys: 32 bits of the system's randomness for each frame (RFC 6455 §5.3).
struct KeySource {
    private let fault: Fault?
    private var last: UInt32 = 0
    private var isFirst = true

    init(fault: Fault?) { self.fault = fault }

    mutating func next(for opcode: UInt8, _ random: inout SystemRandomNumberGenerator) -> [UInt8] {
        var key = UInt32.random(in: .min ... .max, using: &random)
        switch fault {
        case .zeroKey: key = 0
        case .oneKeyPerConnection where !isFirst: key = last
        case .controlFramesReuseKey where !isFirst && opcode >= 8: key = last
        case .countingKeys: key = isFirst ? 1 : last &+ 1
        case .linearKeys: key = isFirst ? key : last &* 1_664_525 &+ 1_013_904_223
        case .seededKeys: key = (isFirst ? 42 : last) &* 22_695_477 &+ 1
        case .weakKeys: key &= 0x0F0F_0F0F
        default: break
        }
        last = key
        isFirst = false
        return (0..<4).map { UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * $0)) }
    }
}

/// What a careless implementation shares between its connections; only faults put anything into it.
final class StolenState: Sendable {
    static let shared = StolenState()

    private struct State {
        var octets: [UInt8] = []
        var kept: [[UInt8]] = []
    }

    private let state = Mutex(State())

    /// Octets of a message that another connection did not finish.
    func leave(_ octets: [UInt8]) { state.withLock { $0.octets = Array(octets.prefix(64)) } }

    func take() -> [UInt8] {
        state.withLock { state in
            defer { state.octets = [] }
            return state.octets
        }
    }

    /// Memory that is never given back.
    func keep(_ octets: [UInt8]) {
        state.withLock { $0.kept.append(Array(repeating: 0x55, count: octets.count + 512)) }
    }
}
