package import WebSocketProtocol

/// What a reader reported, copied out of its buffers.
package enum Received: Equatable {
    case message(MessageKind, reserved: UInt8 = 0, [UInt8])
    case part(MessageKind, reserved: UInt8 = 0, [UInt8], isLast: Bool)
    case ping([UInt8])
    case pong([UInt8])
    case close(CloseCode?, reason: [UInt8] = [])
    case failed(ProtocolError)

    package static func text(_ text: String) -> Received { .message(.text, Array(text.utf8)) }
    package static func binary(_ octets: [UInt8]) -> Received { .message(.binary, octets) }
    package static func ping(_ text: String) -> Received { .ping(Array(text.utf8)) }
    package static func pong(_ text: String) -> Received { .pong(Array(text.utf8)) }

    package init(_ event: MessageReader.Event) {
        switch event {
        case .message(let kind, let reserved, let payload): self = .message(kind, reserved: reserved, Array(payload))
        case .part(let kind, let reserved, let payload, let isLast):
            self = .part(kind, reserved: reserved, Array(payload), isLast: isLast)
        case .ping(let payload): self = .ping(Array(payload))
        case .pong(let payload): self = .pong(Array(payload))
        case .close(let code, let reason): self = .close(code, reason: Array(reason))
        }
    }
}
