/// How the peer's compressed messages are read: as it was agreed, so that a peer that does otherwise is found out.
///
/// zlib gives the messages. A ``DeflateReader`` goes with it for as long as ``examinedOctets`` last, and finds what zlib
/// passes over: references beyond the agreed window, messages that do not end as RFC 7692 §7.2.1 wants.
final class Inflation {
    /// Octets of messages that are read by the letter, unless a case wants more.
    var examinedOctets = 128 * 1024
    private let inflate: Inflate
    private let window: Int
    private let keepsContext: Bool
    private let sender: Sender
    private var reader: DeflateReader? = DeflateReader()
    /// What was found since it was last taken.
    private var faults: [Conversation.Violation] = []
    /// The farthest reference of all messages that were examined.
    private(set) var longestDistance = 0
    /// Messages that were examined.
    private(set) var examinedMessages = 0

    /// - Parameter sender: the peer.
    init?(terms: DeflateTerms, sender: Sender) {
        // The whole window: what goes beyond the agreed one shall be read, and named.
        guard let inflate = Inflate(windowBits: 15) else { return nil }
        self.inflate = inflate
        self.sender = sender
        window = 1 << terms.windowBits(of: sender)
        keepsContext = terms.keepsContext(of: sender)
    }

    /// The message; nil when it cannot be inflated.
    func message(_ compressed: [UInt8]) -> [UInt8]? {
        examine(compressed)
        if !keepsContext { inflate.reset() }
        guard let message = inflate.message(compressed) else {
            if faults.isEmpty { note("D-019", "a compressed message that cannot be inflated") }
            return nil
        }
        if reader != nil {
            examinedOctets -= message.count
            if examinedOctets <= 0 { reader = nil }
        }
        return message
    }

    /// What the last message broke.
    func takeFaults() -> [Conversation.Violation] {
        defer { faults = [] }
        return faults
    }

    private func note(_ row: String, _ text: String) { faults.append(Conversation.Violation(row: row, text: text)) }

    private func examine(_ compressed: [UInt8]) {
        guard var reader, examinedOctets > 0 else { return }
        self.reader = nil
        guard !compressed.isEmpty else {
            note("D-038", "an empty payload as a compressed message, which is an octet 00 at least")
            return
        }
        do {
            _ = try reader.message(compressed, limit: examinedOctets)
        } catch {
            switch error {
            case .tooLarge: break
            case .corrupt(let text), .cut(let text): note("D-019", "a compressed message that is wrong: \(text)")
            }
            return
        }
        examinedMessages += 1
        longestDistance = max(longestDistance, reader.longestDistance)
        if reader.longestDistance > window {
            note("D-022", "a reference \(reader.longestDistance) octets back, the agreed window has \(window)")
        }
        if !keepsContext && reader.deepestReach > 0 {
            note(
                sender == .server ? "D-020" : "D-021",
                "a reference \(reader.deepestReach) octets into earlier messages, without context takeover")
            return
        }
        self.reader = reader
    }
}
