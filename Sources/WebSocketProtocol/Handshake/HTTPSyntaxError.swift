/// Why octets are not the head of an HTTP message within the limits (RFC 9112 §2-5).
public enum HTTPSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    case startLineTooLong(limit: Int)
    /// A request line that reaches the limit before its first space.
    case methodTooLong(limit: Int)
    case headerLineTooLong(limit: Int)
    case tooManyHeaders(limit: Int)
    case tooLarge(limit: Int)
    /// No request or status line before an empty line.
    case missingStartLine
    /// A control character, or in a request line an octet above 127.
    case invalidOctetInStartLine(UInt8)
    case invalidOctetInValue(UInt8)
    /// A line that ends in LF without CR.
    case bareLineFeed
    /// A CR that no LF follows.
    case bareCarriageReturn
    /// A header line that begins with space or tab (obs-fold, §5.2).
    case foldedLine
    case missingColon
    case emptyName
    case whitespaceBeforeColon
    case invalidOctetInName(UInt8)

    /// One fixed sentence per case.
    public var description: String {
        switch self {
        case .startLineTooLong: "The first line is longer than the limit."
        case .methodTooLong: "The method is longer than the limit."
        case .headerLineTooLong: "A header line is longer than the limit."
        case .tooManyHeaders: "There are more headers than the limit."
        case .tooLarge: "The headers together are larger than the limit."
        case .missingStartLine: "The first line is missing."
        case .invalidOctetInStartLine: "The first line holds a character that is not allowed there."
        case .invalidOctetInValue: "The value of a header holds a control character."
        case .bareLineFeed: "A line ends in LF without CR."
        case .bareCarriageReturn: "A CR is not followed by LF."
        case .foldedLine: "A header line begins with whitespace."
        case .missingColon: "A header line has no colon."
        case .emptyName: "The name of a header is empty."
        case .whitespaceBeforeColon: "There is whitespace before the colon of a header."
        case .invalidOctetInName: "The name of a header holds a character that is not allowed there."
        }
    }
}
