/// One element of Sec-WebSocket-Extensions (RFC 6455 §9.1).
struct ExtensionElement: Sendable, Equatable {
    struct Parameter: Sendable, Equatable {
        var name: String
        /// Without quotes and backslashes; nil without `=`.
        var value: String?
    }

    var name: String
    var parameters: [Parameter]

    /// The values of all parameters called `name`.
    func values(_ name: String) -> [String?] { parameters.filter { $0.name == name }.map(\.value) }

    /// Reads a whole field value by the letter; empty list elements are taken, as a recipient must (RFC 9110 §5.6.1.2).
    ///
    /// - Returns: nil where the grammar is broken.
    static func list(_ text: String) -> [ExtensionElement]? {
        var scanner = Scanner(Array(text.utf8))
        var elements: [ExtensionElement] = []
        while true {
            scanner.skipSpace()
            if let name = scanner.token() {
                guard let parameters = scanner.parameters() else { return nil }
                elements.append(ExtensionElement(name: name, parameters: parameters))
                scanner.skipSpace()
            }
            if scanner.isAtEnd { return elements }
            guard scanner.take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private struct Scanner {
        let octets: [UInt8]
        var index = 0

        init(_ octets: [UInt8]) { self.octets = octets }

        var isAtEnd: Bool { index == octets.count }

        mutating func skipSpace() { while index < octets.count, octets[index] == 0x20 || octets[index] == 0x09 { index += 1 } }

        mutating func take(_ octet: UInt8) -> Bool {
            guard index < octets.count, octets[index] == octet else { return false }
            index += 1
            return true
        }

        mutating func token() -> String? {
            let start = index
            while index < octets.count, ExtensionElement.isTokenOctet(octets[index]) { index += 1 }
            return index == start ? nil : String(decoding: octets[start..<index], as: UTF8.self)
        }

        mutating func parameters() -> [Parameter]? {
            var parameters: [Parameter] = []
            while true {
                let before = index
                skipSpace()
                guard take(UInt8(ascii: ";")) else {
                    index = before
                    return parameters
                }
                skipSpace()
                guard let name = token() else { return nil }
                let afterName = index
                skipSpace()
                guard take(UInt8(ascii: "=")) else {
                    index = afterName
                    parameters.append(Parameter(name: name, value: nil))
                    continue
                }
                skipSpace()
                guard let value = token() ?? quoted() else { return nil }
                parameters.append(Parameter(name: name, value: value))
            }
        }

        /// What is quoted has to be a token once it is not (RFC 6455 §9.1).
        private mutating func quoted() -> String? {
            guard take(UInt8(ascii: "\"")) else { return nil }
            var content: [UInt8] = []
            while index < octets.count {
                var octet = octets[index]
                index += 1
                if octet == UInt8(ascii: "\"") {
                    return content.isEmpty ? nil : String(decoding: content, as: UTF8.self)
                }
                if octet == UInt8(ascii: "\\") {
                    guard index < octets.count else { return nil }
                    octet = octets[index]
                    index += 1
                }
                guard ExtensionElement.isTokenOctet(octet) else { return nil }
                content.append(octet)
            }
            return nil
        }
    }

    /// RFC 9110 §5.6.2.
    static func isTokenOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: Array("!#$%&'*+-.^_`|~".utf8).contains(octet)
        }
    }
}

extension ExtensionElement {
    /// What is wrong with this as the answer to `offers`, with the row that says so (RFC 7692 §7.1).
    func faults(answering offers: [ExtensionElement]) -> [Conversation.Violation] {
        let candidates = offers.filter { $0.name == name }
        guard !candidates.isEmpty else {
            return [Conversation.Violation(row: "X-004", text: "the extension \(name) was not offered")]
        }
        guard name == "permessage-deflate" else { return [] }
        let all = candidates.map { faults(asAcceptanceOf: $0) }
        // The answer may be to any of the offers.
        return all.min { $0.count < $1.count } ?? []
    }

    private func faults(asAcceptanceOf offer: ExtensionElement) -> [Conversation.Violation] {
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

    /// A decimal integer from 8 to 15 without leading zeros (RFC 7692 §7.1.2.1).
    static func windowBits(_ text: String) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.hasPrefix("0"), let bits = Int(text) else { return nil }
        return (8...15).contains(bits) ? bits : nil
    }
}
