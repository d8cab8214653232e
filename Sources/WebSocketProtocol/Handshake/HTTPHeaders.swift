/// The headers of an HTTP message, in order, names in any case.
///
/// Headers that arrived hold exactly the octets that were sent. Headers of the application may hold anything; what
/// cannot be sent is found when a request or response is made of them (``HTTPHeaderError``).
public struct HTTPHeaders: Sendable {
    /// Where one header lies in `octets`; the value without spaces and tabs around it.
    struct Field: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    /// One buffer for all names and values, so that a request's headers are two allocations, however many they are.
    private(set) var octets: [UInt8]
    private(set) var fields: [Field]

    public init() {
        octets = []
        fields = []
    }

    public init(_ headers: [(String, String)]) {
        self.init()
        for (name, value) in headers { append(name, value) }
    }

    /// Headers that lie within the octets of a message.
    init(octets: [UInt8], fields: [Field]) {
        self.octets = octets
        self.fields = fields
    }

    /// Adds a header after the others; one of the same name stays.
    public mutating func append(_ name: String, _ value: String) {
        let start = octets.count
        octets.append(contentsOf: name.utf8)
        let middle = octets.count
        octets.append(contentsOf: value.utf8)
        fields.append(Field(name: start..<middle, value: middle..<octets.count))
    }

    /// The value of the first header of that name.
    public func first(for name: String) -> String? {
        fields.first { isNamed($0, name) }.map(value)
    }

    /// The values of all headers of that name, one for each line.
    public func values(for name: String) -> [String] {
        fields.lazy.filter { isNamed($0, name) }.map(value)
    }

    /// The elements of a comma-separated list that may be spread over several lines (RFC 9110 §5.3), without empty
    /// ones. A comma within a quoted string separates too.
    public func tokens(for name: String) -> [String] {
        let octets = octets.span
        var tokens: [String] = []
        for field in fields where isNamed(field, name) {
            octets.forEachListElement(in: field.value) { tokens.append(octets.text($0)) }
        }
        return tokens
    }

    /// Whether there is a header of that name, even an empty one.
    public func contains(_ name: String) -> Bool { fields.contains { isNamed($0, name) } }

    /// Whether the comma-separated list `name` has the element `token`, in any case.
    public func contains(token: String, in name: String) -> Bool {
        let octets = octets.span
        for field in fields where isNamed(field, name) {
            var isFound = false
            octets.forEachListElement(in: field.value) {
                if octets.extracting($0).equalsIgnoringCase(token) { isFound = true }
            }
            if isFound { return true }
        }
        return false
    }

    /// How often a header that must not be repeated is there.
    enum Occurrence {
        case absent
        case once(String)
        case repeated
    }

    func occurrence(of name: String) -> Occurrence {
        var only: Field?
        for field in fields where isNamed(field, name) {
            guard only == nil else { return .repeated }
            only = field
        }
        return only.map { .once(value($0)) } ?? .absent
    }

    func isNamed(_ field: Field, _ name: String) -> Bool {
        // Most names differ in length.
        field.name.count == name.utf8.count && octets.span.extracting(field.name).equalsIgnoringCase(name)
    }

    private func value(_ field: Field) -> String { octets.span.text(field.value) }
}

extension HTTPHeaders: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { fields.count }

    public subscript(position: Int) -> (name: String, value: String) {
        let field = fields[position]
        return (octets.span.text(field.name), octets.span.text(field.value))
    }
}

extension HTTPHeaders: Equatable {
    /// The same headers in the same order, names in any case.
    public static func == (left: Self, right: Self) -> Bool {
        left.elementsEqual(right) {
            $0.name.utf8.span.equalsIgnoringCase($1.name) && $0.value.hasSameOctets(as: $1.value)
        }
    }
}

extension HTTPHeaders: CustomStringConvertible {
    /// The names only: values may be credentials.
    public var description: String { "[" + map(\.name).joined(separator: ", ") + "]" }
}

/// A header of the application that cannot be sent.
public enum HTTPHeaderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The name is not a token (RFC 9110 §5.6.2).
    case invalidName(String)
    /// The value of this header holds a line end, NUL or another control character.
    case invalidValue(name: String)
    /// The handshake sets this header itself.
    case reserved(name: String)

    public var description: String {
        switch self {
        case .invalidName(let name): "\(name.quotedForMessage) is not the name of a header"
        case .invalidValue(let name): "the value of the header \(name) holds characters that cannot be sent"
        case .reserved(let name): "the header \(name) is set by the handshake itself"
        }
    }
}

extension HTTPHeaders {
    /// Checks that application headers can be sent and that none is of those that `isReserved` names.
    func checkSendable(isReserved: (_ name: String) -> Bool) throws(HTTPHeaderError) {
        for (name, value) in self {
            guard name.isToken else { throw .invalidName(name) }
            guard !isReserved(name) else { throw .reserved(name: name) }
            guard value.isFieldContent else { throw .invalidValue(name: name) }
        }
    }
}

extension [UInt8] {
    /// Writes one header line. Name and value were checked.
    mutating func appendHeader(_ name: String, _ value: String) {
        append(contentsOf: name.utf8)
        append(contentsOf: ": ".utf8)
        append(contentsOf: value.utf8)
        append(contentsOf: "\r\n".utf8)
    }
}
