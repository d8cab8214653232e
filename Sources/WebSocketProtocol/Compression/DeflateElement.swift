/// The parameters of one `permessage-deflate` element, each known, there once and with a value as RFC 7692 §7.1 has it.
struct DeflateElement {
    static let extensionName = "permessage-deflate"

    /// The parameters of RFC 7692 §7.1, with the spelling of the wire.
    enum Name: String, CaseIterable {
        case serverNoContextTakeover = "server_no_context_takeover"
        case clientNoContextTakeover = "client_no_context_takeover"
        case serverMaxWindowBits = "server_max_window_bits"
        case clientMaxWindowBits = "client_max_window_bits"
    }

    /// Who wrote it decides whether client_max_window_bits may be without a value (§7.1.2.2).
    enum Origin {
        case offer
        case answer
    }

    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    var serverMaxWindowBits: Int?
    /// Nil if the parameter is not there; 15 for one without a value, which limits nothing.
    var clientMaxWindowBits: Int?

    static func isNamed(by element: WebSocketExtension) -> Bool { element.name.hasSameOctets(as: extensionName) }

    init() {}

    init(_ element: WebSocketExtension, from origin: Origin) throws(CompressionMismatch) {
        var seen: [Name] = []
        for parameter in element.parameters {
            // `==` of texts would do for ASCII, but texts of the peer are compared by octets everywhere.
            let known = Name.allCases.first { $0.rawValue.hasSameOctets(as: parameter.name) }
            guard let name = known else { throw .unknownParameter(parameter.name) }
            guard !seen.contains(name) else { throw .repeatedParameter(name.rawValue) }
            seen.append(name)
            switch name {
            case .serverNoContextTakeover:
                try Self.checkFlag(parameter)
                serverNoContextTakeover = true
            case .clientNoContextTakeover:
                try Self.checkFlag(parameter)
                clientNoContextTakeover = true
            case .serverMaxWindowBits:
                serverMaxWindowBits = try Self.windowBits(parameter)
            case .clientMaxWindowBits:
                let isBare = parameter.value == nil && origin == .offer
                clientMaxWindowBits = isBare ? DeflatePreferences.windowBits.upperBound : try Self.windowBits(parameter)
            }
        }
    }

    private static func checkFlag(_ parameter: WebSocketExtension.Parameter) throws(CompressionMismatch) {
        guard parameter.value == nil else { throw .invalidValue(parameter: parameter.name, value: parameter.value) }
    }

    /// §7.1.2: a decimal integer from 8 to 15 without leading zeros.
    private static func windowBits(_ parameter: WebSocketExtension.Parameter) throws(CompressionMismatch) -> Int {
        let bits = DeflatePreferences.windowBits.first { parameter.value?.hasSameOctets(as: String($0)) ?? false }
        guard let bits else { throw .invalidValue(parameter: parameter.name, value: parameter.value) }
        return bits
    }
}

/// How a server's answer fails to answer the client's offer of permessage-deflate (RFC 7692 §7.1).
public enum CompressionMismatch: Error, Equatable, Sendable {
    /// The extension is accepted more than once.
    case repeatedExtension
    /// A parameter that RFC 7692 does not define.
    case unknownParameter(String)
    case repeatedParameter(String)
    /// A flag with a value, or window bits that are not an integer from 8 to 15.
    case invalidValue(parameter: String, value: String?)
    /// client_max_window_bits, which must be offered before it may be answered (§7.1.2.2).
    case unrequestedParameter(String)
    /// More window bits than were offered.
    case windowTooLarge(parameter: String, answered: Int, offered: Int)
    /// A parameter of the server that was asked for and not granted (§7.1.1.1, §7.1.2.1).
    case missingParameter(String)
}

extension CompressionMismatch: CustomStringConvertible {
    public var description: String {
        switch self {
        case .repeatedExtension: "permessage-deflate is accepted more than once"
        case .unknownParameter(let name): "permessage-deflate has no parameter \(name.quotedForMessage)"
        case .repeatedParameter(let name): "the parameter \(name.quotedForMessage) is there twice"
        case .invalidValue(let name, let value?):
            "the parameter \(name.quotedForMessage) cannot be \(value.quotedForMessage)"
        case .invalidValue(let name, nil): "the parameter \(name.quotedForMessage) has no value"
        case .unrequestedParameter(let name): "the parameter \(name.quotedForMessage) was not offered"
        case .windowTooLarge(let name, let answered, let offered):
            "the parameter \(name.quotedForMessage) is \(answered), expected at most \(offered)"
        case .missingParameter(let name): "the parameter \(name.quotedForMessage) is missing"
        }
    }
}
