/// What went over the connections of a case, octet by octet.
public struct WireLog: Codable, Sendable, Equatable {
    /// In the order of events over all connections of the case.
    public var entries: [Entry]
    /// How many entries or octets the log leaves out for its cap.
    public var omittedOctets: Int

    public init(entries: [Entry] = [], omittedOctets: Int = 0) {
        self.entries = entries
        self.omittedOctets = omittedOctets
    }

    public struct Entry: Codable, Sendable, Equatable {
        /// Microseconds since the case began.
        public var time: Int
        /// 0 for the first connection of the case, 1 for its second.
        public var connection: Int
        public var kind: Kind
        /// Lower-case hexadecimal digits, two an octet: what this one send or receive carried. Empty for what is no octets.
        public var octets: String
        /// How many octets it carried in all, when ``octets`` holds only the first.
        public var length: Int
        /// The frames that begin in it, or what happened, for people.
        public var notes: [Note]

        public init(time: Int, connection: Int, kind: Kind, octets: String = "", length: Int = 0, notes: [Note] = []) {
            self.time = time
            self.connection = connection
            self.kind = kind
            self.octets = octets
            self.length = length
            self.notes = notes
        }
    }

    public enum Kind: String, Codable, Sendable {
        case connected
        case sent
        case received
        /// We ended our direction (FIN).
        case finished
        /// We reset the connection.
        case reset
        /// The peer ended its direction (FIN).
        case peerFinished
        /// The peer, or the network, reset the connection.
        case peerReset
        /// We waited on purpose, or something ran out of time.
        case waited
        /// Something the suite has to say.
        case remark
    }

    public struct Note: Codable, Sendable, Equatable {
        /// The octets it is about, counted from the entry's first.
        public var offset: Int
        public var count: Int
        /// `text, FIN, masked, 5 octets: "Hello"`.
        public var text: String
        /// Whether these are the octets that break the rule: ours for a planted violation, the peer's for its own.
        public var isOffending: Bool

        public init(offset: Int, count: Int, text: String, isOffending: Bool = false) {
            self.offset = offset
            self.count = count
            self.text = text
            self.isOffending = isOffending
        }
    }
}
