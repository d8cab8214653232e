import WebSocketTransport

extension CompressionConfiguration {
    /// What our client offers in a case, so that all of them together have every kind of agreement.
    ///
    /// The fuzzing server grants what is asked of it and asks for something itself in 13.2 to 13.7
    /// (`Tests/Autobahn/CASES.md`): a small window of ours, no context of ours, or both. It answers 9 or 15 bits whatever
    /// was offered, so a smaller window is only offered where 9 is the answer.
    static func offer(inCase identifier: String) -> CompressionConfiguration {
        var offer = CompressionConfiguration(mode(inCase: identifier))
        // Every message, even those that are too short to be worth it.
        offer.threshold = 0
        return offer
    }

    private static func mode(inCase identifier: String) -> Mode {
        let parts = identifier.split(separator: ".")
        switch (parts.first, parts.dropFirst().first) {
        case ("13", "3"): return .dedicated(windowBits: 9)
        case ("13", "2"), ("13", "5"), ("13", "6"): return .shared
        case ("12", _), ("13", _): return .dedicated()
        default: return .off
        }
    }
}
