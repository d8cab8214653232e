// Opening handshake, client (RFC 6455 §4.1): group H2.

extension Fault {
    static let clientHandshakeFaults: [Fault] = [
        .emptyPathSent, .queryNotSent, .requestInHTTP10, .fragmentSent, .portMissingInHost, .bracketsMissing,
        .upgradeNotSent, .connectionNotUpgrade, .keySentTwice, .shortKey, .padBitsSet, .constantKey, .sampleKey,
        .version8Sent, .subprotocolsRepeated, .subprotocolsReversed, .emptySubprotocolSent, .bodyAnnouncedInRequest,
        .frameBefore101, .urlUnchecked, .nonASCIIUnescaped, .headersUnchecked, .headerNamesInOneCase,
        .reasonCompulsory, .acceptOptional, .acceptUnchecked, .acceptInAnyCase, .acceptByPrefix, .firstOfTwoAccepts,
        .anyStatusAccepted, .anySuccessAccepted, .interimRefused, .interimUnlimited, .redirectFollowed,
        .unaskedSubprotocolAccepted, .anySubprotocolAccepted, .firstOfTwoSubprotocols, .anyExtensionAccepted,
        .bodyIn101Swallowed, .headUnlimited, .endDuringHandshakeNotNoticed, .anyProtocolName,
        .frameAfterBadAnswer,
    ]

    static let emptyPathSent = Fault("empty-path-sent", .client, "H-200", "sends an empty path as it is")
    static let queryNotSent = Fault("query-not-sent", .client, "H-200", "leaves the query out of the request target")
    static let requestInHTTP10 = Fault("request-in-http-1-0", .client, "H-200", "asks in HTTP/1.0")
    static let fragmentSent = Fault("fragment-sent", .client, "H-201", "sends the fragment of the URL")
    static let portMissingInHost = Fault("port-missing-in-host", .client, "H-202", "leaves the port out of Host")
    static let bracketsMissing = Fault("brackets-missing", .client, "H-202", "leaves the brackets out of an IPv6 Host")
    static let upgradeNotSent = Fault("upgrade-not-sent", .client, "H-203", "sends no Upgrade header")
    static let connectionNotUpgrade = Fault("connection-not-upgrade", .client, "H-203", "sends Connection: keep-alive")
    static let keySentTwice = Fault("key-sent-twice", .client, "H-204", "sends Sec-WebSocket-Key twice")
    static let shortKey = Fault("short-key", .client, "H-204", "sends a key of 12 octets")
    static let padBitsSet = Fault("pad-bits-set", .client, "H-204", "sends a key whose pad bits are not zero")
    static let constantKey = Fault("constant-key", .client, "H-205", "sends the same key with every request")
    static let sampleKey = Fault("sample-key", .client, "H-205 H-206", "sends the key of the RFC's example")
    static let version8Sent = Fault("version8-sent", .client, "H-207", "asks for version 8")
    static let subprotocolsRepeated = Fault("subprotocols-repeated", .client, "H-208", "offers each subprotocol twice")
    static let subprotocolsReversed = Fault(
        "subprotocols-reversed", .client, "H-208",
        "offers subprotocols in the opposite order")
    static let emptySubprotocolSent = Fault(
        "empty-subprotocol-sent", .client, "H-208",
        "sends an empty Sec-WebSocket-Protocol")
    static let bodyAnnouncedInRequest = Fault(
        "body-announced-in-request", .client, "H-211",
        "sends a body with the request")
    static let frameBefore101 = Fault("frame-before-101", .client, "H-212", "sends a ping behind the request")
    static let urlUnchecked = Fault(
        "url-unchecked", .client, "H-213",
        "dials URLs with spaces, user names, other schemes")
    static let nonASCIIUnescaped = Fault(
        "non-ascii-unescaped", .client, "H-214",
        "sends octets of a path that are not ASCII as they are")
    static let headersUnchecked = Fault(
        "headers-unchecked", .client, "H-215",
        "sends headers of the application with line breaks in them")
    static let headerNamesInOneCase = Fault(
        "header-names-in-one-case", .client, "H-219",
        "compares names of the answer's headers with regard to case")
    static let reasonCompulsory = Fault(
        "reason-compulsory", .client, "H-222",
        "takes a 101 only with the usual reason phrase")
    static let acceptOptional = Fault("accept-optional", .client, "H-229", "does without Sec-WebSocket-Accept")
    static let acceptUnchecked = Fault("accept-unchecked", .client, "H-230", "takes any Sec-WebSocket-Accept")
    static let acceptInAnyCase = Fault(
        "accept-in-any-case", .client, "H-230",
        "compares Sec-WebSocket-Accept without regard to case")
    static let acceptByPrefix = Fault(
        "accept-by-prefix", .client, "H-230",
        "compares only as much of Sec-WebSocket-Accept as it expects without its last letter")
    static let firstOfTwoAccepts = Fault(
        "first-of-two-accepts", .client, "H-231",
        "takes the first of two Sec-WebSocket-Accept headers")
    static let anyStatusAccepted = Fault(
        "any-status-accepted", .client, "H-232",
        "takes every status for 101 when the headers are right")
    static let anySuccessAccepted = Fault(
        "any-success-accepted", .client, "H-232",
        "takes 200 for 101 when the headers are right")
    static let interimRefused = Fault("interim-refused", .client, "H-234", "takes 103 for the final answer")
    static let interimUnlimited = Fault(
        "interim-unlimited", .client, "H-235",
        "reads interim responses as long as they come, and has a timeout for each only")
    static let redirectFollowed = Fault(
        "redirect-followed", .client, "H-236",
        "follows a redirection without being asked")
    static let unaskedSubprotocolAccepted = Fault(
        "unasked-subprotocol-accepted", .client, "H-237",
        "takes a subprotocol though it asked for none")
    static let anySubprotocolAccepted = Fault(
        "any-subprotocol-accepted", .client, "H-237 H-238",
        "takes any subprotocol")
    static let firstOfTwoSubprotocols = Fault(
        "first-of-two-subprotocols", .client, "H-239",
        "takes the first of two Sec-WebSocket-Protocol headers")
    static let anyExtensionAccepted = Fault(
        "any-extension-accepted", .client, "H-241",
        "takes extensions that it did not offer")
    static let bodyIn101Swallowed = Fault("body-in-101-swallowed", .client, "H-244", "reads a body behind the 101")
    static let headUnlimited = Fault("head-unlimited", .client, "H-245", "reads an answer of any length")
    static let endDuringHandshakeNotNoticed = Fault(
        "end-during-handshake-not-noticed", .client, "H-247",
        "does not notice FIN during the handshake")
    static let anyProtocolName = Fault("any-protocol-name", .client, "H-248", "takes ICY for HTTP/1.1")
    static let frameAfterBadAnswer = Fault(
        "frame-after-bad-answer", .client, "H-229 H-230",
        "sends a Close frame after a wrong 101")
}
