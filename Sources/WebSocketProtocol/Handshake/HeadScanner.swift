/// Finds the lines of an HTTP head as its octets arrive, and refuses it at the first octet that makes it invalid or too
/// large (RFC 9112 §2-5, strict: CRLF only, no obs-fold).
///
/// What it says does not depend on how the octets were cut: it looks at each of them once.
struct HeadScanner {
    enum Kind {
        /// One empty line before it is ignored (§2.2); the request line is ASCII.
        case request
        /// Begins at once; the reason may hold tabs and obs-text.
        case response
    }

    enum Step {
        case needMore
        case failed(HTTPSyntaxError)
        case complete
    }

    private enum State {
        case start
        case emptyLineFeed
        case startLine
        case startLineFeed
        case headerStart
        case name
        case value
        case headerFeed
        case lastFeed
    }

    private let kind: Kind
    private let limits: HandshakeLimits
    private var state = State.start
    private var mayBeginWithEmptyLine: Bool
    /// Where the line in progress began.
    private var lineStart = 0
    private var name = 0..<0

    /// The first word of the first line once a space has ended it: the method, or the version of a response.
    private(set) var firstWord: Range<Int>?

    /// Octets looked at so far; when complete, the length of the head.
    private(set) var position = 0
    /// The first line without its line end; known once complete.
    private(set) var startLine = 0..<0
    private(set) var fields: [HTTPHeaders.Field] = []
    /// The value in progress, without whitespace around it.
    private var value = 0..<0

    init(_ kind: Kind, limits: HandshakeLimits) {
        self.kind = kind
        self.limits = limits
        mayBeginWithEmptyLine = kind == .request
    }

    /// Continues at `position` of `octets`, which hold everything from the start of the head.
    mutating func scan(_ octets: Span<UInt8>) -> Step {
        let end = Swift.min(octets.count, limits.maximumSize)
        do throws(HTTPSyntaxError) {
            while position < end {
                let isComplete = try take(octets[position])
                position += 1
                if isComplete { return .complete }
            }
        } catch {
            return .failed(error)
        }
        return position >= limits.maximumSize ? .failed(.tooLarge(limit: limits.maximumSize)) : .needMore
    }

    /// Takes the octet at `position` and returns whether it was the last one of the head.
    private mutating func take(_ octet: UInt8) throws(HTTPSyntaxError) -> Bool {
        switch state {
        case .start: try begin(octet)
        case .startLine: try takeOfStartLine(octet)
        case .headerStart: try beginHeader(octet)
        case .name: try takeOfName(octet)
        case .value: try takeOfValue(octet)
        case .emptyLineFeed:
            try expectLineFeed(octet)
            state = .start
        case .startLineFeed, .headerFeed:
            try expectLineFeed(octet)
            state = .headerStart
        case .lastFeed:
            try expectLineFeed(octet)
            return true
        }
        return false
    }

    private func expectLineFeed(_ octet: UInt8) throws(HTTPSyntaxError) {
        guard octet == .lineFeed else { throw .bareCarriageReturn }
    }

    private mutating func begin(_ octet: UInt8) throws(HTTPSyntaxError) {
        guard octet == .carriageReturn else {
            lineStart = position
            state = .startLine
            return try takeOfStartLine(octet)
        }
        guard mayBeginWithEmptyLine else { throw .missingStartLine }
        mayBeginWithEmptyLine = false
        state = .emptyLineFeed
    }

    private mutating func takeOfStartLine(_ octet: UInt8) throws(HTTPSyntaxError) {
        if octet == .carriageReturn {
            startLine = lineStart..<position
            state = .startLineFeed
            return
        }
        if octet == .space && firstWord == nil { firstWord = lineStart..<position }
        guard position - lineStart < limits.maximumStartLineLength else { throw startLineTooLong }
        guard octet != .lineFeed else { throw .bareLineFeed }
        let isAllowed = kind == .request ? octet.isVisible || octet == .space : octet.isFieldContent
        guard isAllowed else { throw .invalidOctetInStartLine(octet) }
    }

    private var startLineTooLong: HTTPSyntaxError {
        kind == .request && firstWord == nil
            ? .methodTooLong(limit: limits.maximumStartLineLength)
            : .startLineTooLong(limit: limits.maximumStartLineLength)
    }

    private mutating func beginHeader(_ octet: UInt8) throws(HTTPSyntaxError) {
        guard octet != .carriageReturn else {
            state = .lastFeed
            return
        }
        guard !octet.isWhitespace else { throw .foldedLine }
        guard octet != UInt8(ascii: ":") else { throw .emptyName }
        guard fields.count < limits.maximumHeaderCount else {
            throw .tooManyHeaders(limit: limits.maximumHeaderCount)
        }
        if fields.isEmpty { fields.reserveCapacity(16) }
        lineStart = position
        state = .name
        try takeOfName(octet)
    }

    private mutating func takeOfName(_ octet: UInt8) throws(HTTPSyntaxError) {
        guard octet != .carriageReturn else { throw .missingColon }
        try checkHeaderLineLength()
        if octet.isToken { return }
        switch octet {
        case UInt8(ascii: ":"):
            name = lineStart..<position
            value = position + 1..<position + 1
            state = .value
        case .lineFeed: throw .bareLineFeed
        case .space, .tab: throw .whitespaceBeforeColon
        default: throw .invalidOctetInName(octet)
        }
    }

    private mutating func takeOfValue(_ octet: UInt8) throws(HTTPSyntaxError) {
        if octet == .carriageReturn {
            fields.append(HTTPHeaders.Field(name: name, value: value))
            state = .headerFeed
            return
        }
        try checkHeaderLineLength()
        guard octet != .lineFeed else { throw .bareLineFeed }
        guard octet.isFieldContent else { throw .invalidOctetInValue(octet) }
        if !octet.isWhitespace { value = (value.isEmpty ? position : value.lowerBound)..<position + 1 }
    }

    private func checkHeaderLineLength() throws(HTTPSyntaxError) {
        guard position - lineStart < limits.maximumHeaderLineLength else {
            throw .headerLineTooLong(limit: limits.maximumHeaderLineLength)
        }
    }
}
