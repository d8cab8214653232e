import AdapterLines
import Reactor
import WebSocketTransport

/// The connections that were asked for and are not over, by their id.
///
/// `@unchecked Sendable`: touched on its loop only.
final class AdaptedConnections: @unchecked Sendable {
    private let loop: EventLoop
    /// Of every connection, but for its compression.
    private let configuration: WebSocketConfiguration
    private let output = EventOutput()
    private var connections: [Int: AdaptedConnection] = [:]

    init(on loop: EventLoop, configuration: WebSocketConfiguration) {
        self.loop = loop
        self.configuration = configuration
    }

    func perform(_ line: String) {
        do throws(AdapterLineError) {
            try perform(try AdapterCommand(line: line))
        } catch {
            output.report(.refused(id: error.id ?? 0, command: error.command ?? "", error: error.description))
        }
    }

    private func perform(_ command: AdapterCommand) throws(AdapterLineError) {
        switch command {
        case .dial(let id, let dial): try self.dial(id, dial)
        case .send(let id, let isText, let data): try connection(id, "send").send(data, isText: isText)
        case .close(let id, let code, let reason): try connection(id, "close").close(code, reason)
        case .ping(let id, let data): try connection(id, "ping").ping(data)
        case .abort(let id): try connection(id, "abort").abort()
        }
    }

    private func connection(_ id: Int, _ command: String) throws(AdapterLineError) -> AdaptedConnection {
        guard let connection = connections[id] else {
            throw AdapterLineError(id: id, command: command, description: "there is no such connection")
        }
        return connection
    }

    private func dial(_ id: Int, _ command: DialCommand) throws(AdapterLineError) {
        func refused(_ reason: String) -> AdapterLineError {
            AdapterLineError(id: id, command: "dial", description: reason)
        }
        guard connections[id] == nil else { throw refused("the id is in use") }
        let connection = AdaptedConnection(
            id: id, echoes: command.echoes, reportsMessages: command.reportsMessages, output: output
        ) { [self] in
            connections[id] = nil
        }
        do {
            var configuration = configuration
            configuration.compression = try CompressionConfiguration(offering: command.deflate)
            let url = try WebSocketURL(command.url)
            let headers = HTTPHeaders(command.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            let options = WebSocketClientOptions(
                subprotocols: command.subprotocols, headers: headers, tls: try Self.trusted(command.authorities))
            let connector = WebSocketConnector(on: loop, configuration: configuration)
            let dial = try connector.connect(
                to: url, options: options, handler: connection, completion: connection.settled)
            connection.opens(by: dial)
        } catch {
            throw refused("\(error)")
        }
        connections[id] = connection
    }

    /// Nil trusts the authorities of this system.
    private static func trusted(_ file: String?) throws(TLSError) -> TLSClientContext? {
        guard let file else { return nil }
        var configuration = TLSClientConfiguration()
        configuration.trust = .authorities(.file(file))
        return try TLSClientContext(configuration)
    }
}

/// An offer that our client's settings cannot express.
struct OfferNotSupported: Error, CustomStringConvertible {
    var description: String {
        "our client offers one window for both directions, or no context takeover in either"
    }
}

extension CompressionConfiguration {
    init(offering deflate: DialCommand.Deflate) throws(OfferNotSupported) {
        switch deflate {
        case .off: self.init(.off)
        case .on: self.init(.dedicated())
        case .exactly(let offer): self.init(try Self.mode(for: offer))
        }
        // Every message, even those that are too short to be worth it.
        threshold = 0
    }

    private static func mode(for offer: DeflateOffer) throws(OfferNotSupported) -> Mode {
        let clientBits = offer.clientMaxWindowBits ?? 15
        let serverBits = offer.serverMaxWindowBits ?? 15
        switch (offer.clientNoContextTakeover, offer.serverNoContextTakeover) {
        case (true, true) where clientBits == 15 && serverBits == 15: return .shared
        case (false, false) where clientBits == serverBits && 8...15 ~= clientBits:
            return .dedicated(windowBits: clientBits)
        default: throw OfferNotSupported()
        }
    }
}
