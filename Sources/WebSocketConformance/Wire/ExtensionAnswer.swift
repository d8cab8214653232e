/// What RFC 7692 §7.1 says of an answer.
extension ExtensionField {
    /// The values of all parameters called `name`.
    func values(_ name: String) -> [String?] { parameters.filter { $0.name == name }.map(\.value) }

    /// What is wrong with this as the answer to `offers`, with the row that says so (RFC 7692 §7.1).
    func faults(answering offers: [ExtensionField]) -> [Conversation.Violation] {
        let candidates = offers.filter { $0.name == name }
        guard !candidates.isEmpty else {
            return [Conversation.Violation(row: "X-004", text: "the extension \(name) was not offered")]
        }
        guard name == "permessage-deflate" else { return [] }
        let all = candidates.map { faults(asAcceptanceOf: $0) }
        // The answer may be to any of the offers.
        return all.min { $0.count < $1.count } ?? []
    }

    private func faults(asAcceptanceOf offer: ExtensionField) -> [Conversation.Violation] {
        var faults: [Conversation.Violation] = []
        func note(_ row: String, _ text: String) { faults.append(Conversation.Violation(row: row, text: text)) }
        for name in Set(parameters.map(\.name)).sorted() {
            let values = values(name)
            if values.count > 1 { note("X-028", "\(name) comes \(values.count) times") }
            let value = values.first ?? nil
            switch name {
            case "server_no_context_takeover", "client_no_context_takeover":
                if let value { note("X-028", "\(name) has the value \(value)") }
            case "server_max_window_bits", "client_max_window_bits":
                guard let value, let bits = Self.windowBits(value) else {
                    note("X-028", "\(name) has \(value.map { "the value \($0)" } ?? "no value")")
                    continue
                }
                let isServers = name == "server_max_window_bits"
                let offered = offer.values(name)
                if !isServers && offered.isEmpty { note("X-022", "\(name) was not offered") }
                if let most = offered.first.flatMap({ $0.flatMap(Self.windowBits) }), bits > most {
                    note(isServers ? "X-019" : "X-021", "\(name)=\(bits), where \(most) was offered")
                }
            default: note("X-028", "the parameter \(name) is not defined")
            }
        }
        if !offer.values("server_no_context_takeover").isEmpty && values("server_no_context_takeover").isEmpty {
            note("X-017", "server_no_context_takeover was offered, and the answer omits it")
        }
        if !offer.values("server_max_window_bits").isEmpty && values("server_max_window_bits").isEmpty {
            note("X-019", "server_max_window_bits was offered, and the answer omits it")
        }
        return faults
    }

    private static func windowBits(_ text: String) -> Int? { (8...15).first { "\($0)" == text } }
}
