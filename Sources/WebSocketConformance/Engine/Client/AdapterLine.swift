import FoundationEssentials

/// A line that the suite writes to an adapter: one JSON object.
struct AdapterCommand: Encodable, Equatable {
    var command: String
    var id: Int
    var url: String?
    var subprotocols: [String]?
    var headers: [String: String]?
    var deflate: ClientDial.Compression?
    /// PEM file of the authorities to trust instead of the system's.
    var ca: String?
    /// Where an HTTP proxy listens.
    var proxy: String?
    var echo: Bool?
    /// Whether `message` events are wanted; an adapter may send them all the same.
    var messages: Bool?
    var type: String?
    /// Hexadecimal.
    var data: String?
    var code: UInt16?
    var reason: String?

    init(_ command: String, id: Int) {
        self.command = command
        self.id = id
    }

    /// With its line end.
    var line: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Nothing in it can fail to be encoded.
        guard let json = try? encoder.encode(self) else { return [] }
        return Array(json) + [UInt8(ascii: "\n")]
    }
}

/// A line that an adapter writes, as it came: nothing in it can be relied on.
struct AdapterReport: Decodable {
    var event: String
    var id: Int
    var subprotocol: String?
    var extensions: String?
    var type: String?
    var data: String?
    var code: Int?
    var reason: String?
    var clean: Bool?
    var error: String?
    var status: Int?
    var command: String?

    /// nil for a line that is no event.
    init?(line: some Sequence<UInt8>) {
        guard let report = try? JSONDecoder().decode(Self.self, from: Data(line)) else { return nil }
        self = report
    }

    /// What it says; nil for an event that the protocol does not have.
    var content: ClientEvent? {
        switch event {
        case "open": .open(subprotocol: subprotocol, extensions: extensions)
        case "message": message.map { .message($0) }
        case "closed":
            .closed(
                ClientEvent.Ending(
                    code: code, reason: reason ?? "", isClean: clean ?? false, error: error, status: status))
        case "refused": .refused(command: command ?? "", error: error ?? "")
        default: nil
        }
    }

    private var message: Event? {
        guard let octets = octets(hexadecimal: data ?? "") else { return nil }
        switch type {
        case "text": return .text(octets)
        case "binary": return .binary(octets)
        default: return nil
        }
    }
}

/// The octets that two digits each stand for; nil for anything else.
func octets(hexadecimal text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var octets: [UInt8] = []
    octets.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = hexadecimalValue(digits[index]), let low = hexadecimalValue(digits[index + 1]) else {
            return nil
        }
        octets.append(high << 4 | low)
    }
    return octets
}

private func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// How a client under test is told to connect.
struct ClientDial: Sendable {
    /// What it offers of permessage-deflate.
    enum Compression: Sendable, Equatable, Encodable {
        case off
        /// As it does by itself.
        case ordinary
        case with(DeflateWish)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .off: try container.encode(false)
            case .ordinary: try container.encode(true)
            case .with(let wish): try container.encode(Members(wish))
            }
        }

        private struct Members: Encodable {
            var clientMaxWindowBits: Int?
            var serverMaxWindowBits: Int?
            var clientNoContextTakeover: Bool?
            var serverNoContextTakeover: Bool?

            init(_ wish: DeflateWish) {
                clientMaxWindowBits = wish.clientMaxWindowBits.flatMap { $0 == 0 ? nil : $0 }
                serverMaxWindowBits = wish.serverMaxWindowBits
                clientNoContextTakeover = wish.clientNoContextTakeover ? true : nil
                serverNoContextTakeover = wish.serverNoContextTakeover ? true : nil
            }
        }
    }

    /// nil dials the case itself, as ``ClientControl/url`` says.
    var url: String?
    var subprotocols: [String] = []
    var headers: [String: String] = [:]
    var deflate = Compression.off
    /// Whether it sends back every message.
    var echoes = true
    /// Whether it reports the messages that come; each costs a line.
    var reportsMessages = false
    var authorities: String?
    var proxy: String?
}

/// What a client under test says of one of its connections.
enum ClientEvent: Sendable, Equatable {
    /// How a connection ended for the client's application, also when it never opened.
    struct Ending: Sendable, Equatable {
        /// nil when the adapter names none.
        var code: Int?
        var reason: String
        var isClean: Bool
        /// What its API reports when the opening handshake failed.
        var error: String?
        /// Of the HTTP answer, when one came that is not 101.
        var status: Int?
    }

    case open(subprotocol: String?, extensions: String?)
    case message(Event)
    case closed(Ending)
    /// Its API refused a command.
    case refused(command: String, error: String)
}
