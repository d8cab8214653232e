/// Why a server does not do what a request asks, as the client is told.
///
/// The sentence is fixed text: nothing that the client sent is ever part of the answer.
package struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
    package let status: HTTPStatus
    /// The body of the answer, without its line end.
    package let sentence: String
    /// Headers that the status asks for, such as Allow with 405.
    package let headers: HTTPHeaders
    /// Whether the request was a HEAD, the answer to which has no body (RFC 9110 §9.3.2).
    package internal(set) var answersHead = false

    /// All three are the server's own; headers of the application go through
    /// ``ServerResponse/respond(status:headers:date:body:answersHead:closes:)``, which checks them.
    package init(_ status: HTTPStatus, _ sentence: String, headers: HTTPHeaders = HTTPHeaders()) {
        assert(status.code >= 300, "a refusal is no success")
        self.status = status
        self.sentence = sentence
        self.headers = headers
    }

    /// Always true: where a refused request ends is not known for sure, and what follows it must never be taken for
    /// another request or for frames.
    package var closesConnection: Bool { true }

    package var description: String { "\(status): \(sentence)" }
}

extension Refusal {
    /// The answer to octets that are no request or too large.
    init(_ error: HTTPSyntaxError) {
        let status: HTTPStatus =
            switch error {
            case .startLineTooLong: .uriTooLong
            // RFC 9112 §3: longer than any that is implemented.
            case .methodTooLong: .notImplemented
            case .headerLineTooLong, .tooManyHeaders, .tooLarge: .requestHeaderFieldsTooLarge
            default: .badRequest
            }
        self.init(status, error.description)
    }

    static func badRequest(_ sentence: String) -> Refusal { Refusal(.badRequest, sentence) }

    /// RFC 9110 §15.5.6: says which method would have been right.
    static var onlyGET: Refusal {
        Refusal(.methodNotAllowed, "Only GET is allowed here.", headers: HTTPHeaders([("Allow", "GET")]))
    }

    /// RFC 9110 §9.1, §15.6.2: no resource here knows the method.
    package static var unknownMethod: Refusal { Refusal(.notImplemented, "The method is not implemented.") }

    /// RFC 9110 §15.5.22: names the protocol to upgrade to, and RFC 6455 §4.4 its version.
    package static func upgradeRequired(_ sentence: String) -> Refusal {
        Refusal(
            .upgradeRequired, sentence,
            headers: HTTPHeaders([("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]))
    }

    /// A version that is no number or not given once; the client is still told the right one (RFC 6455 §4.2.2).
    static func badVersion(_ sentence: String) -> Refusal {
        Refusal(.badRequest, sentence, headers: HTTPHeaders([("Sec-WebSocket-Version", "13")]))
    }
}
