import WebSocketProtocol

/// What waits behind a message that takes several turns to send: one in parts, or a large one that is compressed slice by
/// slice. A connection has one only meanwhile.
final class OutgoingQueue {
    enum Item {
        case message(MessageKind, [UInt8], compress: Bool)
        case part(MessageKind, [UInt8], isLast: Bool)
        case encoded(EncodedMessage)

        var count: Int {
            switch self {
            case .message(_, let octets, _), .part(_, let octets, _): octets.count
            case .encoded(let message): message.count
            }
        }

        var isPart: Bool {
            if case .part = self { true } else { false }
        }
    }

    /// The message whose frames are being sent.
    struct Progress {
        let kind: MessageKind
        /// Nil when it is sent uncompressed.
        let deflater: DeflaterBox?
        var isFirstFrame = true
        /// What is compressed slice by slice, and how much of it is done; nil for a message in parts.
        var slices: (octets: [UInt8], done: Int)?
    }

    var current: Progress?
    private var items: [Item] = []
    /// Octets of the payloads that wait.
    private(set) var count = 0
    /// Whether the application was told to hold back.
    var isAboveHighWatermark = false
    /// The Close frame that follows.
    var close: (code: CloseCode?, reason: String)?
    /// Whether the connection reads on only when everything here is on its way.
    var holdsBackInput = false
    /// Whether the loop will come back to it by itself.
    var isScheduled = false

    func append(_ item: Item) {
        items.append(item)
        count += item.count
    }

    /// The next item that can be sent: while a message is in parts, its next part.
    func popNext() -> Item? {
        guard let index = current == nil ? items.indices.first : items.firstIndex(where: \.isPart) else { return nil }
        let item = items.remove(at: index)
        count -= item.count
        return item
    }
}
