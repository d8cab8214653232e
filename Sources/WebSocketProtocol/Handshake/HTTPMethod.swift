/// Tells the methods that HTTP defines from others: a known one may be forbidden here (405), an unknown one is not
/// implemented (501, RFC 9110 §9.1).
enum HTTPMethod {
    /// RFC 9110 §9.3 and RFC 5789; in exactly these letters, as methods are case-sensitive.
    private static let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"]

    static func isKnown(_ name: String) -> Bool { known.contains { $0.hasSameOctets(as: name) } }
}
