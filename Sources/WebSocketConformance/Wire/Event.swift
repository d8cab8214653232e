/// What the peer's application or its protocol layer sent us, as far as an order of such is expected.
enum Event: Sendable, Equatable {
    case text([UInt8])
    case binary([UInt8])
    case pong([UInt8])

    static func text(_ text: String) -> Event { .text(Array(text.utf8)) }
    static func pong(_ text: String) -> Event { .pong(Array(text.utf8)) }

    var payload: [UInt8] {
        switch self {
        case .text(let octets), .binary(let octets), .pong(let octets): octets
        }
    }

    var isPong: Bool {
        if case .pong = self { return true }
        return false
    }

    /// `text, 5 octets "Hello"`.
    var summary: String {
        let name =
            switch self {
            case .text: "text"
            case .binary: "binary"
            case .pong: "pong"
            }
        return "\(name), \(payload.count) octets\(preview(payload))"
    }
}

/// The first octets, readable when they are printable ASCII, otherwise in hexadecimal; empty for none.
func preview(_ octets: [UInt8], limit: Int = 24) -> String {
    guard !octets.isEmpty else { return "" }
    let shown = octets.prefix(limit)
    let more = octets.count > limit ? "…" : ""
    if shown.allSatisfy({ (0x20...0x7e).contains($0) }) {
        return " \"\(String(decoding: shown, as: UTF8.self))\(more)\""
    }
    return " \(hexadecimal(shown))\(more)"
}

/// A Close frame of the peer.
struct CloseFrame: Sendable, Equatable {
    /// nil when the frame is empty, or has one octet only.
    var code: UInt16?
    var reason: [UInt8]
}

extension CloseFrame {
    /// Reads the payload of a Close, whatever it is.
    init(payload: [UInt8]) {
        code = payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
        reason = Array(payload.dropFirst(2))
    }
}
