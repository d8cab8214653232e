import Foundation
import WebSocketProtocol

/// Our side once the WebSocket is open: every part of the codec as the transport uses it, but without a transport.
final class Conversation {
    private let role: Role
    private var reader: MessageReader
    private var closing: CloseHandshake
    private var sender: MessageSender
    private var receiver: MessageReceiver

    init(_ settings: Settings, _ agreed: DeflateParameters?) throws {
        let role: Role = settings.role == .client ? .client : .server
        self.role = role
        reader = MessageReader(
            role: role, allowedReservedBits: agreed == nil ? 0 : FrameHeader.rsv1,
            deliversParts: settings.receivesParts)
        closing = CloseHandshake(role: role)
        let random = SeededRandom(seed: settings.seed)
        sender = try MessageSender(role, agreed?.sending(as: role), settings.deflate, random)
        receiver = try MessageReceiver(agreed?.receiving(as: role), random)
    }

    func send(_ step: Step, into answer: inout Answer) throws {
        guard step.kind == .close else { return try sender.send(step, into: &answer.octets) }
        guard case .send(let code) = closing.close(step.code.map(CloseCode.init(rawValue:))) else { return }
        try sendClose(code, reason: String(decoding: step.octets, as: UTF8.self), into: &answer)
    }

    private func sendClose(_ code: CloseCode?, reason: String = "", into answer: inout Answer) throws {
        try withUnsafeTemporaryAllocation(byteCount: FrameHeader.longestShortPayload, alignment: 1) { body in
            guard let start = body.baseAddress else { return }
            let length = try CloseBody.encode(code: code, reason: reason, into: start)
            let payload = UnsafeRawBufferPointer(start: start, count: length)
            sender.writeFrame(.close, payload, into: &answer.octets)
        }
    }

    func receive(_ octets: UnsafeMutableRawBufferPointer, into answer: inout Answer) throws {
        guard let start = octets.baseAddress else { return }
        var input = InputCursor(start: start, count: octets.count)
        while let event = try reader.next(&input) {
            switch event {
            case .message(let kind, let reserved, let payload):
                try receiver.receive(payload, kind, isCompressed: reserved != 0)
                take(kind, into: &answer)
            case .part(let kind, let reserved, let payload, let isLast):
                try receiver.receive(part: payload, kind, isCompressed: reserved != 0, isLast: isLast)
                if isLast { take(kind, into: &answer) }
            case .ping(let payload):
                answer.events.append(Event(kind: .ping, octets: Data(payload)))
                if closing.maySend { sender.writeFrame(.pong, payload, into: &answer.octets) }
            case .pong(let payload):
                answer.events.append(Event(kind: .pong, octets: Data(payload)))
            case .close(let code, let reason):
                let seen = code ?? .noStatusReceived
                answer.events.append(Event(kind: .close, octets: Data(reason), code: seen.rawValue))
                if case .reply(let reply, _) = closing.receive(code) { try sendClose(reply, into: &answer) }
            }
        }
    }

    private func take(_ kind: MessageKind, into answer: inout Answer) {
        answer.events.append(Event(kind: kind == .text ? .text : .binary, octets: receiver.takeMessage()))
    }
}
