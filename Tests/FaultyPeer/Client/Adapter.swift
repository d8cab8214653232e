import AdapterLines
import Synchronization

/// The client as an adapter: commands in, events out, any number of connections.
final class Adapter: Sendable {
    let messageLimit: Int
    let fault: Fault?
    private let output = EventOutput()
    private let connections = Mutex<[Int: AdaptedConnection]>([:])

    /// - Parameter messageLimit: octets of a message, inflated.
    init(messageLimit: Int, fault: Fault?) {
        self.messageLimit = messageLimit
        self.fault = fault
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
        case .send(let id, let isText, let data):
            let session = try session(id, "send")
            guard !isText || UTF8Check.isValid(data) || fault == .sentTextUnchecked else {
                throw AdapterLineError(id: id, command: "send", description: "text is UTF-8")
            }
            session.send(data, isText ? .text : .binary)
        case .close(let id, let code, let reason):
            let connection = try connection(id, "close")
            // Not open yet: there is no closing handshake to make.
            guard let session = connection.session else { return connection.abandon() }
            do throws(Session.CloseRefused) {
                try session.close(code, Array(reason.utf8))
            } catch {
                throw AdapterLineError(id: id, command: "close", description: error.description)
            }
        case .ping(let id, let data):
            guard data.count <= 125 || fault == .longPingSent else {
                throw AdapterLineError(id: id, command: "ping", description: "a ping has 125 octets at most")
            }
            try session(id, "ping").sendPing(data)
        case .abort(let id): try connection(id, "abort").abandon()
        }
    }

    private func connection(_ id: Int, _ command: String) throws(AdapterLineError) -> AdaptedConnection {
        guard let connection = connections.withLock({ $0[id] }) else {
            throw AdapterLineError(id: id, command: command, description: "there is no such connection")
        }
        return connection
    }

    private func session(_ id: Int, _ command: String) throws(AdapterLineError) -> Session {
        guard let session = try connection(id, command).session else {
            throw AdapterLineError(id: id, command: command, description: "the connection is not open")
        }
        return session
    }

    private func dial(_ id: Int, _ command: DialCommand) throws(AdapterLineError) {
        var options = DialOptions()
        options.subprotocols = command.subprotocols
        options.headers = command.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        options.authorities = command.authorities
        options.settings.isSteered = true
        options.settings.messageLimit = messageLimit
        options.deflate = try offer(command.deflate, id)
        do throws(DialError) {
            try options.check(fault: fault)
            _ = try Address(command.url, fault: fault)
        } catch {
            throw AdapterLineError(id: id, command: "dial", description: error.description)
        }
        let connection = AdaptedConnection(
            id: id, echoes: command.echoes, reportsMessages: command.reportsMessages, output: output)
        let isNew = connections.withLock { connections in
            guard connections[id] == nil else { return false }
            connections[id] = connection
            return true
        }
        guard isNew else { throw AdapterLineError(id: id, command: "dial", description: "the id is in use") }
        let settled = options
        startThread { [self] in
            connection.run(command.url, settled, fault)
            connections.withLock { _ = $0.removeValue(forKey: id) }
            connection.reportClosed()
        }
    }

    private func offer(_ deflate: DialCommand.Deflate, _ id: Int) throws(AdapterLineError) -> DeflateParameters? {
        var offer = DeflateParameters()
        switch deflate {
        case .off: return nil
        case .on: offer.clientMaxWindowBits = 15
        case .exactly(let parameters):
            let bits = [parameters.clientMaxWindowBits, parameters.serverMaxWindowBits].compactMap(\.self)
            guard bits.allSatisfy({ 9...15 ~= $0 }) else {
                throw AdapterLineError(id: id, command: "dial", description: "window bits are a number from 9 to 15")
            }
            offer.clientMaxWindowBits = parameters.clientMaxWindowBits
            offer.serverMaxWindowBits = parameters.serverMaxWindowBits
            offer.clientNoContextTakeover = parameters.clientNoContextTakeover
            offer.serverNoContextTakeover = parameters.serverNoContextTakeover
        }
        return offer
    }
}
