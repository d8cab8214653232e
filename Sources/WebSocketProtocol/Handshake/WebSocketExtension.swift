/// One element of a Sec-WebSocket-Extensions header: an extension that a client offers or a server accepts, with its
/// parameters (RFC 6455 §9.1).
///
/// permessage-deflate is the one that is negotiated here; a server hands all offers to the application.
public struct WebSocketExtension: Sendable, Equatable, CustomStringConvertible {
    public struct Parameter: Sendable, Equatable {
        /// A token.
        public let name: String
        /// A token; nil for a parameter that is only a name. Quotes of the wire are gone.
        public let value: String?
    }

    /// A token, such as `permessage-deflate`.
    public let name: String
    /// As on the wire: in order, perhaps repeated.
    public let parameters: [Parameter]

    /// Nil if a name or value is not a token.
    public init?(_ name: String, parameters: [(name: String, value: String?)] = []) {
        guard name.isToken, parameters.allSatisfy({ $0.name.isToken && $0.value?.isToken ?? true }) else { return nil }
        self.init(parsed: name, parameters.map { Parameter(name: $0.name, value: $0.value) })
    }

    /// For a name and parameters that are known to be tokens.
    init(parsed name: String, _ parameters: [Parameter]) {
        self.name = name
        self.parameters = parameters
    }

    /// The element as it is sent.
    public var description: String {
        parameters.reduce(name) { $0 + "; " + $1.name + ($1.value.map { "=" + $0 } ?? "") }
    }
}

/// A Sec-WebSocket-Extensions header that does not follow the grammar of RFC 6455 §9.1.
struct ExtensionSyntaxError: Error, Equatable {}

/// What the Sec-WebSocket-Extensions headers of a message list; several lines are one list (erratum 3433).
struct ExtensionList {
    /// Elements kept; of more, each is as good as declined.
    static let maximumElements = 32
    /// Parameters of an element that is kept.
    static let maximumParameters = 16

    private(set) var elements: [WebSocketExtension] = []
    /// Whether elements were left out because of the limits. Their syntax was checked all the same.
    private(set) var isCut = false

    init(_ headers: HTTPHeaders) throws(ExtensionSyntaxError) {
        for field in headers.fields where headers.isNamed(field, "Sec-WebSocket-Extensions") {
            var parser = ExtensionParser(range: field.value)
            while let (element, isCut) = try parser.next(headers.octets.span) {
                guard !isCut, elements.count < Self.maximumElements else {
                    self.isCut = true
                    continue
                }
                elements.append(element)
            }
        }
    }
}

/// Reads one header line's elements from left to right, looking at each octet once.
private struct ExtensionParser {
    private var index: Int
    private let end: Int

    init(range: Range<Int>) {
        index = range.lowerBound
        end = range.upperBound
    }

    /// Returns the next element and whether it had more parameters than are kept; nil at the end of the line.
    mutating func next(
        _ octets: Span<UInt8>
    ) throws(ExtensionSyntaxError) -> (element: WebSocketExtension, isCut: Bool)? {
        skipEmptyElements(octets)
        guard index < end else { return nil }
        let name = try token(octets)
        var parameters: [WebSocketExtension.Parameter] = []
        var isCut = false
        while skip(UInt8(ascii: ";"), octets) {
            let parameter = try parameter(octets)
            if parameters.count < ExtensionList.maximumParameters { parameters.append(parameter) } else { isCut = true }
        }
        guard index == end || octets[index] == UInt8(ascii: ",") else { throw ExtensionSyntaxError() }
        return (WebSocketExtension(parsed: name, parameters), isCut)
    }

    private mutating func parameter(
        _ octets: Span<UInt8>
    ) throws(ExtensionSyntaxError) -> WebSocketExtension.Parameter {
        skipWhitespace(octets)
        let name = try token(octets)
        guard skip(UInt8(ascii: "="), octets) else { return .init(name: name, value: nil) }
        skipWhitespace(octets)
        let isQuoted = index < end && octets[index] == .quote
        return .init(name: name, value: isQuoted ? try quotedToken(octets) : try token(octets))
    }

    private mutating func token(_ octets: Span<UInt8>) throws(ExtensionSyntaxError) -> String {
        let start = index
        while index < end, octets[index].isToken { index += 1 }
        guard index > start else { throw ExtensionSyntaxError() }
        return octets.text(start..<index)
    }

    /// Reads a quoted string, which must be a token once unescaped (§9.1).
    private mutating func quotedToken(_ octets: Span<UInt8>) throws(ExtensionSyntaxError) -> String {
        index += 1
        var text: [UInt8] = []
        while index < end, octets[index] != .quote {
            if octets[index] == .backslash { index += 1 }
            guard index < end, octets[index].isToken else { throw ExtensionSyntaxError() }
            text.append(octets[index])
            index += 1
        }
        guard index < end, !text.isEmpty else { throw ExtensionSyntaxError() }
        index += 1
        return String(decoding: text, as: UTF8.self)
    }

    /// Goes past whitespace and, if it is next, `separator`; returns whether it was.
    private mutating func skip(_ separator: UInt8, _ octets: Span<UInt8>) -> Bool {
        skipWhitespace(octets)
        guard index < end, octets[index] == separator else { return false }
        index += 1
        return true
    }

    private mutating func skipWhitespace(_ octets: Span<UInt8>) {
        while index < end, octets[index].isWhitespace { index += 1 }
    }

    private mutating func skipEmptyElements(_ octets: Span<UInt8>) {
        while index < end, octets[index].isWhitespace || octets[index] == UInt8(ascii: ",") { index += 1 }
    }
}
