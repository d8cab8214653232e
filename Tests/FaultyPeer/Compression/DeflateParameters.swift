/// The parameters of one permessage-deflate element (RFC 7692 §7.1).
struct DeflateParameters: Equatable {
    enum Origin { case offer, answer }

    static let name = "permessage-deflate"

    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    var serverMaxWindowBits: Int?
    /// 15 for one without a value, which limits nothing.
    var clientMaxWindowBits: Int?

    init() {}

    /// Nil when a parameter is unknown, repeated, or has a value that it must not have.
    init?(_ element: ExtensionElement, from origin: Origin, fault: Fault?) {
        var seen: Set<String> = []
        for parameter in element.parameters {
            guard seen.insert(parameter.name).inserted || fault == .repeatedParametersAccepted else { return nil }
            switch parameter.name {
            case "server_no_context_takeover":
                guard parameter.value == nil || fault == .flagValuesAccepted else { return nil }
                serverNoContextTakeover = true
            case "client_no_context_takeover":
                guard parameter.value == nil || fault == .flagValuesAccepted else { return nil }
                clientNoContextTakeover = true
            case "server_max_window_bits":
                if fault == .serverWindowUnchecked {
                    serverMaxWindowBits = min(max(Int(parameter.value ?? "") ?? 15, 9), 15)
                    continue
                }
                guard let bits = Self.windowBits(parameter.value, fault) else {
                    if fault == .crashOnBadWindow { Fault.crash() }
                    return nil
                }
                serverMaxWindowBits = bits
            case "client_max_window_bits":
                if parameter.value == nil, origin == .offer || fault == .clientWindowUnchecked {
                    clientMaxWindowBits = 15
                    continue
                }
                if fault == .clientWindowUnchecked {
                    clientMaxWindowBits = min(max(Int(parameter.value ?? "") ?? 15, 9), 15)
                    continue
                }
                guard let bits = Self.windowBits(parameter.value, fault) else { return nil }
                clientMaxWindowBits = bits
            default:
                guard fault == .unknownParametersAccepted else { return nil }
            }
        }
    }

    /// A decimal number from 8 to 15 without leading zeros (§7.1.2).
    private static func windowBits(_ text: String?, _ fault: Fault?) -> Int? {
        guard let text, let bits = Int(text), 8...15 ~= bits else { return nil }
        return String(bits) == text || fault == .windowsWithLeadingZeros ? bits : nil
    }

    /// The element as it is sent.
    func element(fault: Fault? = nil) -> ExtensionElement {
        var parameters: [ExtensionElement.Parameter] = []
        let flag = fault == .flagsAnsweredWithValues ? "true" : nil
        if serverNoContextTakeover { parameters.append(.init(name: "server_no_context_takeover", value: flag)) }
        if clientNoContextTakeover { parameters.append(.init(name: "client_no_context_takeover", value: flag)) }
        if let bits = serverMaxWindowBits {
            let value = fault == .windowsAnsweredWithZeros ? "0\(bits)" : String(bits)
            parameters.append(.init(name: "server_max_window_bits", value: value))
        }
        if let bits = clientMaxWindowBits {
            parameters.append(.init(name: "client_max_window_bits", value: bits == 15 ? nil : String(bits)))
        }
        return ExtensionElement(name: Self.name, parameters: parameters)
    }
}

/// What both sides hold to.
struct DeflateAgreement: Equatable {
    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    var serverWindowBits = 15
    var clientWindowBits = 15
}
