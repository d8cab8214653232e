/// An HTTP response other than 101, always complete and with a length.
struct Refusal: Error {
    let status: Int
    let sentence: String
    var headers: [(String, String)]
    /// Whether the connection may take another request afterwards.
    var keepsAlive = false
    /// An answer to HEAD has no body (RFC 9110 §9.3.2).
    var answersHead = false

    init(_ status: Int, _ sentence: String, _ headers: [(String, String)] = []) {
        self.status = status
        self.sentence = sentence
        self.headers = headers
    }

    /// RFC 9110 §15.5.6 wants the methods that are allowed.
    static let onlyGET = Refusal(405, "Only GET is allowed here.", [("Allow", "GET")])

    /// RFC 9110 §15.5.22 wants Upgrade, RFC 6455 §4.4 the version.
    static func upgradeRequired(_ sentence: String, fault: Fault?) -> Refusal {
        var headers = [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]
        if fault == .upgradeMissingIn426 { headers.removeFirst() }
        if fault == .versionMissingIn426 { headers.removeLast() }
        return Refusal(426, sentence, headers)
    }

    func octets(fault: Fault?) -> [UInt8] {
        var sentence = self.sentence
        if fault == .stackTraceInErrors {
            sentence +=
                "\n  at Handshake.check (/srv/app/Handshake.swift:52)\n  at Server.serve (/srv/app/Server.swift:80)"
        }
        let body = Array((sentence + "\n").utf8)
        var text = "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Refused")\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        text += "Content-Type: text/plain\r\nContent-Length: \(body.count)\r\n"
        // Upgrade is a hop's own header and has to be named (RFC 9110 §7.8).
        let options = (keepsAlive ? [] : ["close"]) + (headers.contains { $0.0 == "Upgrade" } ? ["Upgrade"] : [])
        if !options.isEmpty { text += "Connection: \(options.joined(separator: ", "))\r\n" }
        return text.octets + Array("\r\n".utf8) + (answersHead ? [] : body)
    }

    private static let reasons = [
        302: "Found", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 408: "Request Timeout", 413: "Content Too Large", 414: "URI Too Long",
        417: "Expectation Failed", 426: "Upgrade Required", 431: "Request Header Fields Too Large",
        501: "Not Implemented", 505: "HTTP Version Not Supported",
    ]
}
