import Foundation
import WebSocketProtocol

/// Our side of one conversation: first the opening handshake, then frames.
final class Side {
    private let settings: Settings
    private var client: ClientHandshake?
    private var server: ServerHandshake?
    private var offer: WebSocketExtension?
    private var conversation: Conversation?

    init(_ settings: Settings, into answer: inout Answer) throws {
        self.settings = settings
        guard settings.role == .client else {
            server = ServerHandshake()
            return
        }
        let offer = settings.deflate.map { DeflateNegotiation.offer($0.preferences) }
        let handshake = try ClientHandshake(
            url: WebSocketURL("ws://127.0.0.1/"), extensions: offer.map { [$0] } ?? [], keyBytes: (settings.seed, 0))
        answer.octets.append(contentsOf: handshake.requestBytes)
        client = consume handshake
        self.offer = offer
    }

    func send(_ steps: [Step], into answer: inout Answer) throws {
        guard let conversation else { throw Fault("the opening handshake is not complete") }
        for step in steps { try conversation.send(step, into: &answer) }
    }

    func receive(_ octets: Data, into answer: inout Answer) throws {
        var octets = octets
        let consumed = conversation == nil ? try octets.withUnsafeBytes { try shakeHands($0, into: &answer) } : 0
        guard consumed < octets.count, let conversation else { return }
        try octets.withUnsafeMutableBytes {
            try conversation.receive(UnsafeMutableRawBufferPointer(rebasing: $0[consumed...]), into: &answer)
        }
    }

    /// Returns how many octets belong to the handshake.
    private func shakeHands(_ octets: UnsafeRawBufferPointer, into answer: inout Answer) throws -> Int {
        switch settings.role {
        case .client: try receiveResponse(octets, into: &answer)
        case .server: try receiveRequest(octets, into: &answer)
        }
    }

    private func receiveResponse(_ octets: UnsafeRawBufferPointer, into answer: inout Answer) throws -> Int {
        guard let (consumed, outcome) = client?.receive(octets) else { return 0 }
        switch outcome {
        case .needMore: break
        case .failed(let error): throw error
        case .open(let response):
            let agreed = try offer.flatMap {
                try DeflateNegotiation.check(answer: response.extensions, offer: $0)
            }
            try open(agreed, into: &answer)
        }
        return consumed
    }

    private func receiveRequest(_ octets: UnsafeRawBufferPointer, into answer: inout Answer) throws -> Int {
        guard let (consumed, outcome) = server?.receive(octets) else { return 0 }
        switch outcome {
        case .needMore: break
        case .refuse(let refusal): throw refusal
        case .request: throw Fault("the request asks for no WebSocket")
        case .upgrade(let request):
            let accepted = settings.deflate.flatMap {
                DeflateNegotiation.accept(request.extensions, preferences: $0.preferences)
            }
            answer.octets.append(
                contentsOf: try ServerResponse.accept(key: request.key, extensions: accepted?.answer.description))
            try open(accepted?.agreed, into: &answer)
        }
        return consumed
    }

    private func open(_ agreed: DeflateParameters?, into answer: inout Answer) throws {
        conversation = try Conversation(settings, agreed)
        answer.events.append(Event(kind: .open))
    }
}

extension Settings.Deflate {
    fileprivate var preferences: DeflatePreferences {
        DeflatePreferences(
            serverNoContextTakeover: serverNoContextTakeover, clientNoContextTakeover: clientNoContextTakeover,
            serverMaxWindowBits: serverMaxWindowBits, clientMaxWindowBits: clientMaxWindowBits)
    }
}
