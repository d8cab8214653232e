/// Why no WebSocket was opened.
enum DialError: Error, CustomStringConvertible {
    /// What is asked for cannot be sent; nobody was connected to.
    case refused(String)
    case connect(String)
    /// What came is not what RFC 6455 §4.1 allows.
    case answer(String)
    /// A complete HTTP answer with another status than 101.
    case status(Int)

    var description: String {
        switch self {
        case .refused(let reason), .connect(let reason), .answer(let reason): reason
        case .status(let code): "the server answered \(code)"
        }
    }
}
