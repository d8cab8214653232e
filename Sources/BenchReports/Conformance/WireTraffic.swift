import BenchResults

/// What a wire log shows when it is read as HTTP heads and frames.
///
/// Only as good as the log: octets that were left out of it are skipped where they are payload, and end the reading
/// where they are not.
struct WireTraffic {
    struct Frame {
        var isSent: Bool
        var isFinal: Bool
        /// RSV1 = 4, RSV2 = 2, RSV3 = 1.
        var reservedBits: UInt8
        var opcode: UInt8
        var maskingKey: [UInt8]?
        var length: UInt64
        /// Unmasked, and no more than ``payloadLimit`` octets.
        var payload: [UInt8]

        /// Of a Close frame that has one.
        var closeCode: Int? {
            opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
        }
    }

    enum Event {
        /// One send or receive, by its place in the log.
        case octets(entry: Int)
        case frame(Frame)
    }

    /// Of a payload, so much is kept: all of a control frame.
    static let payloadLimit = 125
    /// A head that is longer is no head.
    static let headLimit = 65_536

    private(set) var events: [Event] = []
    private var streams: [Stream.Key: Stream] = [:]

    init(_ log: WireLog) {
        for (index, entry) in log.entries.enumerated() where entry.kind == .sent || entry.kind == .received {
            let key = Stream.Key(connection: entry.connection, isSent: entry.kind == .sent)
            var stream = streams[key] ?? Stream(isSent: key.isSent)
            events.append(.octets(entry: index))
            let octets = HexText.octets(entry.octets)
            events += stream.read(octets, missing: max(0, entry.length.subtractingClamped(octets.count))).map(
                Event.frame)
            streams[key] = stream
        }
    }

    var frames: [Frame] {
        events.compactMap { if case .frame(let frame) = $0 { frame } else { nil } }
    }

    /// The HTTP head that one side sent on the first connection; empty when there was none.
    func head(isSent: Bool) -> String {
        let key = streams.keys.filter { $0.isSent == isSent }.min { $0.connection < $1.connection }
        return key.flatMap { streams[$0] }.map { String(decoding: $0.head, as: UTF8.self) } ?? ""
    }

    /// One direction of one connection.
    private struct Stream {
        struct Key: Hashable {
            var connection: Int
            var isSent: Bool
        }

        let isSent: Bool
        var head: [UInt8] = []
        /// A slice, so that taking octets from its front costs nothing.
        private var pending: ArraySlice<UInt8> = []
        /// Octets of the head in which its end was already looked for.
        private var searched = 0
        private var isInHead = true
        /// Set once octets are missing where a header was to come.
        private var isLost = false
        /// Payload octets that are known to follow and are of no interest.
        private var toSkip: UInt64 = 0
        private var open: Frame?

        init(isSent: Bool) { self.isSent = isSent }

        mutating func read(_ octets: [UInt8], missing: Int) -> [Frame] {
            guard !isLost else { return [] }
            var frames: [Frame] = []
            pending = (pending + octets)[...]
            if isInHead { readHead() }
            if !isInHead {
                while let frame = nextFrame() { frames.append(frame) }
            }
            if missing > 0 {
                frames += skip(UInt64(missing))
            }
            return frames
        }

        private mutating func readHead() {
            let begin = pending.prefix(5)
            let isHTTP = begin.starts(with: "GET ".utf8) || begin.starts(with: "HTTP/".utf8)
            guard isHTTP || "HTTP/".utf8.starts(with: begin) || "GET ".utf8.starts(with: begin) else {
                isInHead = false
                return
            }
            let from = pending.startIndex + max(3, searched)
            let end = (from < pending.endIndex ? from..<pending.endIndex : 0..<0).first { index in
                pending[index] == UInt8(ascii: "\n") && pending[index - 3...index].elementsEqual("\r\n\r\n".utf8)
            }
            searched = pending.count
            if let end {
                head = Array(pending[...end])
                pending = pending[(end + 1)...]
                isInHead = false
            } else if pending.count > WireTraffic.headLimit {
                isLost = true
            }
        }

        private mutating func nextFrame() -> Frame? {
            if var frame = open {
                let wanted = Int(clamping: min(frame.length, UInt64(WireTraffic.payloadLimit))) - frame.payload.count
                let taken = min(max(0, wanted), pending.count)
                for octet in pending.prefix(taken) {
                    let key = frame.maskingKey.map { $0[frame.payload.count & 3] } ?? 0
                    frame.payload.append(octet ^ key)
                }
                let rest = min(UInt64(pending.count), toSkip)
                toSkip -= rest
                pending.removeFirst(Int(rest))
                open = toSkip > 0 ? frame : nil
                return toSkip > 0 ? nil : frame
            }
            guard pending.count >= 2 else { return nil }
            let octets = Array(pending.prefix(14))
            let isMasked = octets[1] & 0x80 != 0
            let short = octets[1] & 0x7f
            let lengthOctets = short == 126 ? 2 : short == 127 ? 8 : 0
            let header = 2 + lengthOctets + (isMasked ? 4 : 0)
            guard octets.count >= header else { return nil }
            let length =
                lengthOctets == 0
                ? UInt64(short) : octets[2..<2 + lengthOctets].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            open = Frame(
                isSent: isSent, isFinal: octets[0] & 0x80 != 0, reservedBits: octets[0] >> 4 & 7,
                opcode: octets[0] & 0xf, maskingKey: isMasked ? Array(octets[header - 4..<header]) : nil,
                length: length, payload: [])
            toSkip = length
            pending.removeFirst(header)
            return nextFrame()
        }

        /// Passes over octets that the log left out.
        private mutating func skip(_ count: UInt64) -> [Frame] {
            guard let frame = open, count <= toSkip else {
                isLost = true
                return []
            }
            toSkip -= count
            guard toSkip == 0 else { return [] }
            open = nil
            return [frame]
        }
    }
}

extension Int {
    /// The difference, or the nearest number there is.
    func subtractingClamped(_ other: Int) -> Int {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < other ? .min : .max) : difference
    }

    /// The sum, or the nearest number there is.
    func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
