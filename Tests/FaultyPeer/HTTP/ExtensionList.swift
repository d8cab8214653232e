/// One element of a Sec-WebSocket-Extensions header.
struct ExtensionElement: Equatable {
    struct Parameter: Equatable {
        let name: String
        let value: String?
    }

    var name: String
    var parameters: [Parameter] = []

    var text: String {
        parameters.reduce(name) { $0 + "; " + $1.name + ($1.value.map { "=" + $0 } ?? "") }
    }
}

/// A Sec-WebSocket-Extensions header that breaks the grammar of RFC 6455 §9.1.
struct ExtensionSyntaxError: Error {}

/// Reads the elements of all Sec-WebSocket-Extensions headers as one list (erratum 3433).
struct ExtensionList {
    private let octets: [UInt8]
    private var index = 0
    private let fault: Fault?

    static func elements(of head: Head, fault: Fault?) throws(ExtensionSyntaxError) -> [ExtensionElement] {
        var values = head.values("Sec-WebSocket-Extensions")
        if fault == .firstExtensionsLineOnly { values = Array(values.prefix(1)) }
        var elements: [ExtensionElement] = []
        for value in values {
            var list = ExtensionList(value.octets, fault: fault)
            while let element = try list.next() { elements.append(element) }
        }
        return elements
    }

    private init(_ octets: [UInt8], fault: Fault?) {
        self.octets = octets
        self.fault = fault
    }

    private mutating func next() throws(ExtensionSyntaxError) -> ExtensionElement? {
        while index < octets.count, octets[index].isBlank || octets[index] == 0x2C { index += 1 }
        guard index < octets.count else { return nil }
        var element = ExtensionElement(name: try token())
        if fault == .crashOnPrototypeNames, ["constructor", "__proto__", "hasOwnProperty"].contains(element.name) {
            Fault.crash()
        }
        while skip(0x3B) {
            // A semicolon too many.
            if fault == .extensionSyntaxUnchecked, index == octets.count { break }
            element.parameters.append(try parameter())
        }
        if fault == .extensionSyntaxUnchecked {
            while index < octets.count, octets[index] != 0x2C { index += 1 }
        }
        guard index == octets.count || octets[index] == 0x2C else { throw ExtensionSyntaxError() }
        return element
    }

    private mutating func parameter() throws(ExtensionSyntaxError) -> ExtensionElement.Parameter {
        skipBlanks()
        let name = try token()
        guard skip(0x3D) else { return .init(name: name, value: nil) }
        skipBlanks()
        guard index < octets.count, octets[index] == 0x22 else { return .init(name: name, value: try token()) }
        if fault == .quotedValuesRefused { throw ExtensionSyntaxError() }
        return .init(name: name, value: try quotedToken())
    }

    private mutating func token() throws(ExtensionSyntaxError) -> String {
        let start = index
        while index < octets.count, octets[index].isToken { index += 1 }
        guard index > start || fault == .extensionSyntaxUnchecked else { throw ExtensionSyntaxError() }
        return octets[start..<index].text
    }

    /// A quoted string that must be a token once unescaped (§9.1).
    private mutating func quotedToken() throws(ExtensionSyntaxError) -> String {
        index += 1
        var text: [UInt8] = []
        while index < octets.count, octets[index] != 0x22 {
            if octets[index] == 0x5C { index += 1 }
            guard index < octets.count else { throw ExtensionSyntaxError() }
            guard octets[index].isToken || fault == .quotedValuesUnchecked else { throw ExtensionSyntaxError() }
            text.append(octets[index])
            index += 1
        }
        guard index < octets.count || fault == .extensionSyntaxUnchecked, !text.isEmpty else {
            throw ExtensionSyntaxError()
        }
        index = min(index + 1, octets.count)
        return text.text
    }

    /// Goes past blanks and, if it is next, `separator`; whether it was.
    private mutating func skip(_ separator: UInt8) -> Bool {
        skipBlanks()
        guard index < octets.count, octets[index] == separator else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() {
        if fault == .blanksInExtensionsRefused { return }
        while index < octets.count, octets[index].isBlank { index += 1 }
    }
}
