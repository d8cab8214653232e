/// Closing handshake and status codes (RFC 6455 §5.5.1, §7).
///
/// A reply repeats the received code (§5.5.1: "typically"); 1000 and an empty Close are allowed, which C-009 grades.
enum ClosingCases {
    static let all: [Case] =
        replies() + payloads() + validCodes() + invalidCodes() + reasons()
        + afterClose() + violationsOfItsOwn() + processing() + messagesBeforeClose() + failureCodes()
        + endsOfServers() + lingering() + endsOfClients() + endsWithoutClose()
        + ownCloses() + unansweredCloses() + fixtureCodes() + applications()
        + localCodes() + refusedCloses() + closesOfClients() + habitsOfClients()

    /// Close frames that have to be answered with a Close, by any code that accepts them.
    static func accepted(_ frames: [Frame], code: UInt16 = 1000, cut: Cut = .whole) -> Script {
        Script([.send(frames, cut)], accept: [.reply([code], lenient: [1000, nil])])
    }
}
