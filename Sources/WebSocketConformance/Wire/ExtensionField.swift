/// One extension as Sec-WebSocket-Extensions names it, read by the letter of RFC 6455 §9.1.
struct ExtensionField: Sendable, Equatable {
    var name: String
    /// In order; a value is as sent, without the quotes.
    var parameters: [(name: String, value: String?)] = []

    static func == (left: ExtensionField, right: ExtensionField) -> Bool {
        left.name == right.name && left.parameters.elementsEqual(right.parameters) { $0 == $1 }
    }

    /// The extensions that all `fields` name together.
    ///
    /// - Returns: nil when they do not follow the ABNF; empty elements do not, since no sender may make them.
    static func parse(_ fields: [String]) -> [ExtensionField]? {
        var scanner = Scanner(octets: Array(fields.joined(separator: ",").utf8)[...])
        var extensions: [ExtensionField] = []
        repeat {
            guard let one = scanner.takeExtension() else { return nil }
            extensions.append(one)
        } while scanner.take(UInt8(ascii: ","))
        return scanner.octets.isEmpty ? extensions : nil
    }

    /// What an offer of permessage-deflate does against RFC 7692 §7.1; nil when nothing.
    var deflateFault: String? {
        var seen: Set<String> = []
        for (name, value) in parameters {
            guard seen.insert(name).inserted else { return "the parameter \(name) is given twice" }
            switch name {
            case "server_no_context_takeover", "client_no_context_takeover":
                if value != nil { return "the parameter \(name) has a value" }
            case "server_max_window_bits":
                guard let value, Self.isWindow(value) else { return "\(name)=\(value ?? "")" }
            case "client_max_window_bits":
                if let value, !Self.isWindow(value) { return "\(name)=\(value)" }
            default: return "permessage-deflate has no parameter \(name)"
            }
        }
        return nil
    }

    /// 8 to 15, in decimal without leading zeros.
    private static func isWindow(_ text: String) -> Bool { (8...15).contains { "\($0)" == text } }

    /// RFC 9110 §5.6.2.
    static func isToken(_ octets: [UInt8]) -> Bool { !octets.isEmpty && octets.allSatisfy(isTokenCharacter) }

    private static func isTokenCharacter(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(octet)
        }
    }

    private struct Scanner {
        var octets: ArraySlice<UInt8>

        mutating func skipSpace() { octets = octets.drop { $0 == 0x20 || $0 == 0x09 } }

        /// `character` with white space around it.
        mutating func take(_ character: UInt8) -> Bool {
            skipSpace()
            guard octets.first == character else { return false }
            octets = octets.dropFirst()
            skipSpace()
            return true
        }

        mutating func takeToken() -> String? {
            let token = octets.prefix(while: ExtensionField.isTokenCharacter)
            octets = octets.dropFirst(token.count)
            return token.isEmpty ? nil : String(decoding: token, as: UTF8.self)
        }

        mutating func takeExtension() -> ExtensionField? {
            skipSpace()
            guard let name = takeToken() else { return nil }
            var field = ExtensionField(name: name)
            while take(UInt8(ascii: ";")) {
                guard let parameter = takeToken() else { return nil }
                guard take(UInt8(ascii: "=")) else {
                    field.parameters.append((parameter, nil))
                    continue
                }
                guard let value = octets.first == UInt8(ascii: "\"") ? takeQuoted() : takeToken() else { return nil }
                field.parameters.append((parameter, value))
            }
            skipSpace()
            return field
        }

        /// A quoted string; what it says has to be a token, too.
        mutating func takeQuoted() -> String? {
            octets = octets.dropFirst()
            var value: [UInt8] = []
            while let octet = octets.popFirst() {
                switch octet {
                case UInt8(ascii: "\""):
                    return ExtensionField.isToken(value) ? String(decoding: value, as: UTF8.self) : nil
                case UInt8(ascii: "\\"):
                    guard let escaped = octets.popFirst() else { return nil }
                    value.append(escaped)
                default: value.append(octet)
                }
            }
            return nil
        }
    }
}
