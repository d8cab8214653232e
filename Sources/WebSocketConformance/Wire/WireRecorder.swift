import BenchResults

/// Writes down what goes over the connections of one case, up to a cap.
final class WireRecorder {
    /// Octets kept of one entry, and of the whole case.
    static let entryCap = 1024
    static let caseCap = 64 * 1024
    static let longestLog = 2000

    private(set) var log = WireLog()
    private var kept = 0
    private let began: UInt64
    private let clock: () -> UInt64

    init(clock: @escaping () -> UInt64) {
        self.clock = clock
        began = clock()
    }

    private var now: Int { Int(clamping: (clock() &- began) / 1000) }

    /// - Parameter notes: about octets of this piece, counted from its first.
    func record(
        _ kind: WireLog.Kind, connection: Int, octets: some Collection<UInt8> = [UInt8](), notes: [WireLog.Note] = []
    ) {
        let length = octets.count
        guard log.entries.count < Self.longestLog else {
            log.omittedOctets += length
            return
        }
        let room = max(0, min(Self.entryCap, Self.caseCap - kept))
        let shown = octets.prefix(room)
        kept += shown.count
        log.omittedOctets += length - shown.count
        log.entries.append(
            WireLog.Entry(
                time: now, connection: connection, kind: kind, octets: hexadecimal(shown), length: length,
                notes: notes))
    }

    func remark(_ text: String, connection: Int = 0, kind: WireLog.Kind = .remark) {
        record(kind, connection: connection, notes: [WireLog.Note(offset: 0, count: 0, text: text)])
    }

    /// Adds what `other` wrote down about the one connection it knows, which is `connection` here.
    func take(over other: WireRecorder, as connection: Int) {
        let later = Int64(bitPattern: other.began &- began) / 1000
        for var entry in other.log.entries.prefix(Self.longestLog - min(Self.longestLog, log.entries.count)) {
            entry.connection = connection
            entry.time = Int(clamping: max(0, Int64(entry.time) &+ later))
            log.entries.append(entry)
        }
        kept += other.kept
        log.omittedOctets += other.log.omittedOctets
    }

    /// Adds `note` to the entry that holds octet `offset` of what was received on `connection`.
    func annotateReceived(connection: Int, offset: Int, count: Int, text: String, isOffending: Bool) {
        var position = 0
        for index in log.entries.indices {
            let entry = log.entries[index]
            guard entry.kind == .received, entry.connection == connection else { continue }
            if offset < position + entry.length {
                log.entries[index].notes.append(
                    WireLog.Note(offset: offset - position, count: count, text: text, isOffending: isOffending))
                return
            }
            position += entry.length
        }
    }
}

/// Two lower-case digits an octet.
func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for octet in octets {
        text.append(digits[Int(octet >> 4)])
        text.append(digits[Int(octet & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
