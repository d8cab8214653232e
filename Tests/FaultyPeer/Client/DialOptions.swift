/// What a client asks for besides the URL.
struct DialOptions {
    var subprotocols: [String] = []
    var headers: [(String, String)] = []
    /// Nil offers no compression.
    var deflate: DeflateParameters?
    /// PEM file of the authorities to trust for `wss`; nil: those of the system.
    var authorities: String?
    var settings = SessionSettings()

    private static let reserved: Set<String> = [
        "host", "upgrade", "connection", "content-length", "transfer-encoding", "trailer", "expect",
        "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol", "sec-websocket-extensions",
        "sec-websocket-accept",
    ]

    func check(fault: Fault?) throws(DialError) {
        if fault == .headersUnchecked { return }
        guard subprotocols.allSatisfy(\.isToken), Set(subprotocols).count == subprotocols.count else {
            throw .refused("the subprotocols are no tokens or not different")
        }
        for (name, value) in headers {
            guard name.isToken, value.utf8.allSatisfy(\.isFieldContent), !Self.reserved.contains(name.lowercased())
            else { throw .refused("the header \(name.debugDescription) cannot be sent") }
        }
    }
}
