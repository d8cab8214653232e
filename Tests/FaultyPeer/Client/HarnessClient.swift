import Synchronization

/// Goes through all cases of a fuzzing server that speaks the control endpoints of Autobahn|Testsuite.
struct HarnessClient {
    /// `ws://HOST:PORT`
    let url: String
    let agent: String
    let deflates: Bool
    let fault: Fault?

    struct Nonsense: Error, CustomStringConvertible {
        let description: String
    }

    func run() throws {
        guard let count = Int(try ask("/getCaseCount")), 0...100_000 ~= count else {
            throw Nonsense(description: "the server does not say how many cases it has")
        }
        for number in 1..<(count + 1) {
            var options = DialOptions()
            if deflates { options.deflate = Self.offer }
            // How it ends, and whether it opens at all, is for the server to judge.
            let dialled = try? Dialer(fault: fault).dial(
                "\(url)/runCase?case=\(number)&agent=\(agent)", options, handler: EchoHandler())
            dialled?.session.run()
        }
        let last = try Dialer(fault: nil).dial(
            "\(url)/updateReports?agent=\(agent)", DialOptions(), handler: EchoHandler())
        last.session.run()
    }

    private static var offer: DeflateParameters {
        var offer = DeflateParameters()
        offer.clientMaxWindowBits = 15
        return offer
    }

    /// The one message with which the server answers. These connections are no test, and have no fault.
    private func ask(_ path: String) throws -> String {
        let answer = AnswerHandler()
        try Dialer(fault: nil).dial(url + path, DialOptions(), handler: answer).session.run()
        return answer.text
    }
}

/// Sends every message back.
final class EchoHandler: SessionHandler {
    func opened(_ session: Session) {}
    func received(_ message: [UInt8], _ kind: MessageKind, on session: Session) { session.send(message, kind) }
    func closed(_ session: Session, _ closure: Closure) {}
}

/// Keeps the first message.
private final class AnswerHandler: SessionHandler {
    private let message = Mutex<[UInt8]?>(nil)

    var text: String { message.withLock { String(decoding: $0 ?? [], as: UTF8.self) } }

    func opened(_ session: Session) {}
    func received(_ message: [UInt8], _ kind: MessageKind, on session: Session) {
        self.message.withLock { $0 = $0 ?? message }
    }
    func closed(_ session: Session, _ closure: Closure) {}
}
