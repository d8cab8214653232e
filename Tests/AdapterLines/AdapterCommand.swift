import Foundation

/// What a conformance suite tells the adapter of a client, one JSON object a line (`Tests/FaultyPeer/ADAPTER.md`).
package enum AdapterCommand: Equatable {
    case dial(id: Int, DialCommand)
    case send(id: Int, isText: Bool, data: [UInt8])
    case close(id: Int, code: UInt16?, reason: String)
    case ping(id: Int, data: [UInt8])
    case abort(id: Int)

    /// Reads one line.
    package init(line: String) throws(AdapterLineError) {
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: Data(line.utf8))
        } catch {
            throw AdapterLineError(id: nil, command: nil, description: "the line is no command: \(error)")
        }
        func invalid(_ reason: String) -> AdapterLineError {
            AdapterLineError(id: fields.id, command: fields.command, description: reason)
        }
        func data() throws(AdapterLineError) -> [UInt8] {
            guard let octets = Hex.octets(fields.data ?? "") else { throw invalid("data is not hexadecimal") }
            return octets
        }
        switch fields.command {
        case "dial":
            guard let url = fields.url else { throw invalid("url is missing") }
            self = .dial(
                id: fields.id,
                DialCommand(
                    url: url, subprotocols: fields.subprotocols ?? [], headers: fields.headers ?? [:],
                    deflate: fields.deflate ?? .off, authorities: fields.ca, echoes: fields.echo ?? true,
                    reportsMessages: fields.messages ?? true))
        case "send":
            guard let type = fields.type, type == "text" || type == "binary" else {
                throw invalid("type is neither text nor binary")
            }
            self = .send(id: fields.id, isText: type == "text", data: try data())
        case "close":
            var code: UInt16?
            if let number = fields.code {
                guard let value = UInt16(exactly: number) else { throw invalid("the code has more than 16 bits") }
                code = value
            }
            self = .close(id: fields.id, code: code, reason: fields.reason ?? "")
        case "ping": self = .ping(id: fields.id, data: try data())
        case "abort": self = .abort(id: fields.id)
        default: throw invalid("there is no such command")
        }
    }

    private struct Fields: Decodable {
        let command: String
        let id: Int
        let url: String?
        let subprotocols: [String]?
        let headers: [String: String]?
        let deflate: DialCommand.Deflate?
        let ca: String?
        let echo: Bool?
        let messages: Bool?
        let type: String?
        let data: String?
        let code: Int?
        let reason: String?
    }
}

/// Why a line is no command, or one that cannot be done.
package struct AdapterLineError: Error, CustomStringConvertible {
    /// Nil when not even that could be read.
    package let id: Int?
    package let command: String?
    package let description: String

    package init(id: Int?, command: String?, description: String) {
        self.id = id
        self.command = command
        self.description = description
    }
}

/// A connection that is wanted.
package struct DialCommand: Equatable {
    package enum Deflate: Equatable, Decodable {
        case off
        /// permessage-deflate as the client offers it by itself.
        case on
        /// An offer with exactly these parameters.
        case exactly(DeflateOffer)

        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let isOn = try? container.decode(Bool.self) {
                self = isOn ? .on : .off
            } else {
                self = .exactly(try container.decode(DeflateOffer.self))
            }
        }
    }

    package let url: String
    package let subprotocols: [String]
    package let headers: [String: String]
    package let deflate: Deflate
    /// PEM file of the authorities to trust.
    package let authorities: String?
    /// Whether every message is sent back by the adapter itself.
    package let echoes: Bool
    /// Whether the messages that arrive are told of.
    package let reportsMessages: Bool
}

/// The parameters of an offer of permessage-deflate (RFC 7692 §7.1).
package struct DeflateOffer: Equatable, Decodable {
    package let clientMaxWindowBits: Int?
    package let serverMaxWindowBits: Int?
    package let clientNoContextTakeover: Bool
    package let serverNoContextTakeover: Bool

    private enum Keys: String, CodingKey {
        case clientMaxWindowBits, serverMaxWindowBits, clientNoContextTakeover, serverNoContextTakeover
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        clientMaxWindowBits = try container.decodeIfPresent(Int.self, forKey: .clientMaxWindowBits)
        serverMaxWindowBits = try container.decodeIfPresent(Int.self, forKey: .serverMaxWindowBits)
        clientNoContextTakeover = try container.decodeIfPresent(Bool.self, forKey: .clientNoContextTakeover) ?? false
        serverNoContextTakeover = try container.decodeIfPresent(Bool.self, forKey: .serverNoContextTakeover) ?? false
    }
}
