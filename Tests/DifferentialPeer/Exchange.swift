import Foundation

/// What the driver asks of a side. Octets are Base64 on the wire.
struct Request: Decodable {
    /// Begins the next conversation; the one before is forgotten.
    var begin: Settings?
    /// Octets of the other side, piece by piece.
    var receive: [Data]?
    /// Frames to send.
    var send: [Step]?
}

struct Settings: Decodable {
    enum Role: String, Decodable {
        case client, server
    }

    struct Deflate: Decodable {
        let serverNoContextTakeover: Bool
        let clientNoContextTakeover: Bool
        /// 15 asks for nothing.
        let serverMaxWindowBits: Int
        let clientMaxWindowBits: Int
        let level: Int
        let memoryLevel: Int
    }

    let role: Role
    /// Nil neither offers nor accepts permessage-deflate.
    let deflate: Deflate?
    /// Whether messages are taken in parts as they arrive, and not when they are whole.
    let receivesParts: Bool
    /// For masking keys and for where parts are cut, so that a difference can be repeated.
    let seed: UInt64
}

/// One frame to send, or one message if `frames` is more than 1.
struct Step: Decodable {
    enum Kind: String, Decodable {
        case text, binary, continuation, ping, pong, close
    }

    let kind: Kind
    /// The payload; of a Close, its reason.
    let octets: Data
    var fin = true
    /// Whether to compress the message that begins here, if that was agreed.
    var compress = false
    /// Whether what is compressed so far must be readable at the end of this fragment.
    var flush = false
    /// Into how many frames the compressed message is cut.
    var frames = 1
    /// Nil for a Close with an empty body.
    var code: UInt16?
}

struct Answer: Encodable {
    /// What to hand to the other side.
    var octets = Data()
    var events: [Event] = []
}

/// What a side saw.
struct Event: Encodable {
    enum Kind: String, Encodable {
        /// The opening handshake is complete.
        case open
        case text, binary, ping, pong
        /// A Close frame arrived; 1005 if it had no code.
        case close
        case error
    }

    let kind: Kind
    var octets = Data()
    var code: UInt16?
}
