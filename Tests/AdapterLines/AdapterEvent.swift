import Foundation

/// What the adapter of a client tells a conformance suite, one JSON object a line.
package enum AdapterEvent {
    case open(id: Int, subprotocol: String?, extensions: String?)
    case message(id: Int, isText: Bool, data: [UInt8])
    /// Exactly once for each dial that was not refused.
    case closed(id: Int, AdapterClosure)
    case refused(id: Int, command: String, error: String)

    /// The event without a line end.
    package var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        // Texts and numbers can always be encoded.
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// How a connection ended.
package struct AdapterClosure: Equatable {
    /// The peer's code, 1005 for a Close without one, 1006 without a Close (RFC 6455 §7.1.5).
    package let code: Int
    package let reason: String
    /// Whether both sides sent a Close.
    package let isClean: Bool
    /// Why the handshake failed; nil for a connection that was open.
    package let error: String?
    /// The status of an HTTP answer that was not 101.
    package let status: Int?

    package init(code: Int, reason: String, isClean: Bool, error: String? = nil, status: Int? = nil) {
        self.code = code
        self.reason = reason
        self.isClean = isClean
        self.error = error
        self.status = status
    }

    package static func failed(_ error: String, status: Int? = nil) -> AdapterClosure {
        AdapterClosure(code: 1006, reason: "", isClean: false, error: error, status: status)
    }
}

extension AdapterEvent: Encodable {
    private enum Keys: String, CodingKey {
        case event, id, subprotocol, extensions, type, data, code, reason, clean, error, status, command
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        switch self {
        case .open(let id, let subprotocol, let extensions):
            try container.encode("open", forKey: .event)
            try container.encode(id, forKey: .id)
            // Null when there is none: `encode`, not `encodeIfPresent`.
            try container.encode(subprotocol, forKey: .subprotocol)
            try container.encode(extensions, forKey: .extensions)
        case .message(let id, let isText, let data):
            try container.encode("message", forKey: .event)
            try container.encode(id, forKey: .id)
            try container.encode(isText ? "text" : "binary", forKey: .type)
            try container.encode(Hex.text(data), forKey: .data)
        case .closed(let id, let closure):
            try container.encode("closed", forKey: .event)
            try container.encode(id, forKey: .id)
            try container.encode(closure.code, forKey: .code)
            try container.encode(closure.reason, forKey: .reason)
            try container.encode(closure.isClean, forKey: .clean)
            try container.encodeIfPresent(closure.error, forKey: .error)
            try container.encodeIfPresent(closure.status, forKey: .status)
        case .refused(let id, let command, let error):
            try container.encode("refused", forKey: .event)
            try container.encode(id, forKey: .id)
            try container.encode(command, forKey: .command)
            try container.encode(error, forKey: .error)
        }
    }
}
