/// How a script's connection is opened, in either role.
struct Opening: Sendable {
    /// The server's path; a client dials where it is told to.
    var fixture = Capability.echo
    /// Added to the fixture's path: `code=1000`.
    var query: String?
    /// permessage-deflate is agreed on, like this; nil offers and accepts no extension.
    var deflate: DeflateWish?

    /// The ordinary opening with permessage-deflate.
    static func deflate(_ wish: DeflateWish = DeflateWish()) -> Opening {
        Opening(fixture: .deflate, deflate: wish)
    }

    /// What the system under test needs for it. A client shows by its offer whether it compresses.
    var needs: Set<Capability> { [] }
}

/// Parameters of permessage-deflate that are asked for as a client, or answered with as a server (RFC 7692 §7.1).
package struct DeflateWish: Sendable, Equatable {
    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    var serverMaxWindowBits: Int?
    /// As a client: the value offered, 0 for the parameter without a value. As a server: the value answered, given only to a
    /// client that offered the parameter.
    var clientMaxWindowBits: Int?

    /// What a client offers.
    var offer: String {
        var text = "permessage-deflate"
        if serverNoContextTakeover { text += "; server_no_context_takeover" }
        if clientNoContextTakeover { text += "; client_no_context_takeover" }
        if let serverMaxWindowBits { text += "; server_max_window_bits=\(serverMaxWindowBits)" }
        if let clientMaxWindowBits {
            text += "; client_max_window_bits" + (clientMaxWindowBits == 0 ? "" : "=\(clientMaxWindowBits)")
        }
        return text
    }
}

/// What was agreed on about permessage-deflate.
struct DeflateTerms: Sendable, Equatable {
    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    var serverMaxWindowBits = 15
    var clientMaxWindowBits = 15

    init() {}

    /// Reads the answer of a server, or what we answer: one extension with its parameters.
    ///
    /// - Returns: nil for anything but a well-formed permessage-deflate.
    init?(answer: String) {
        let parts = answer.split(separator: ";", omittingEmptySubsequences: false).map { trimmed(String($0)) }
        guard parts.first == "permessage-deflate" else { return nil }
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                trimmed(String($0))
            }
            let value = pair.count == 2 ? Int(pair[1].filter { $0 != "\"" }) : nil
            switch (pair[0], pair.count) {
            case ("server_no_context_takeover", 1): serverNoContextTakeover = true
            case ("client_no_context_takeover", 1): clientNoContextTakeover = true
            case ("server_max_window_bits", 2):
                guard let value, (8...15).contains(value) else { return nil }
                serverMaxWindowBits = value
            case ("client_max_window_bits", 2):
                guard let value, (8...15).contains(value) else { return nil }
                clientMaxWindowBits = value
            default: return nil
            }
        }
    }
}
