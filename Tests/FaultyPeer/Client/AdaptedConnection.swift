import AdapterLines
import Synchronization

/// One connection of the adapter.
final class AdaptedConnection: SessionHandler {
    private struct State {
        var channel: Channel?
        var session: Session?
        var isAbandoned = false
        var closure: AdapterClosure?
    }

    private let id: Int
    private let echoes: Bool
    private let reportsMessages: Bool
    private let output: EventOutput
    private let state = Mutex(State())

    init(id: Int, echoes: Bool, reportsMessages: Bool, output: EventOutput) {
        self.id = id
        self.echoes = echoes
        self.reportsMessages = reportsMessages
        self.output = output
    }

    /// Nil until it is open, and when it is over.
    var session: Session? { state.withLock { $0.session } }

    /// Ends TCP without a word.
    func abandon() {
        let channel = state.withLock { state in
            state.isAbandoned = true
            return state.channel
        }
        channel?.abandon()
    }

    /// Opens the connection and stays until it is over.
    func run(_ url: String, _ options: DialOptions, _ fault: Fault?) {
        do throws(DialError) {
            let dialled = try Dialer(fault: fault).dial(url, options, handler: self) { channel in
                let isAbandoned = state.withLock { state in
                    state.channel = channel
                    return state.isAbandoned
                }
                if isAbandoned { channel.abandon() }
            }
            state.withLock { $0.session = dialled.session }
            output.report(
                .open(id: id, subprotocol: dialled.agreement.subprotocol, extensions: dialled.agreement.extensions))
            dialled.session.run()
        } catch {
            var status: Int?
            if case .status(let code) = error { status = code }
            state.withLock { $0.closure = .failed(error.description, status: status) }
        }
        state.withLock { state in
            state.session = nil
            state.channel = nil
        }
    }

    /// After `run`, when its id is free again.
    func reportClosed() {
        output.report(.closed(id: id, state.withLock { $0.closure } ?? .failed("the connection was not opened")))
    }

    func opened(_ session: Session) {}

    func received(_ message: [UInt8], _ kind: MessageKind, on session: Session) {
        if reportsMessages { output.report(.message(id: id, isText: kind == .text, data: message)) }
        if echoes { session.send(message, kind) }
    }

    func closed(_ session: Session, _ closure: Closure) {
        state.withLock {
            $0.closure = AdapterClosure(code: Int(closure.code), reason: closure.reason, isClean: closure.isClean)
        }
    }
}
