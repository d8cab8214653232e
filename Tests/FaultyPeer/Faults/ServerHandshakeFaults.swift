// Opening handshake, server (RFC 6455 §4.2): groups H and S.

extension Fault {
    static let serverHandshakeFaults: [Fault] = [
        .acceptWithoutGUID, .acceptOfDecodedKey, .acceptInLowerCase, .acceptTwice, .contentLengthIn101, .versionIn101,
        .http10In101, .octetsAfter101, .valuesUntrimmed, .upgradeInOneCase, .upgradeByPrefix, .upgradeOptional,
        .connectionAsWhole, .connectionBySubstring, .connectionOptional, .absoluteTargetRefused, .queryLost,
        .anyMethod, .methodsInAnyCase, .http10Accepted, .anyHTTPVersion, .hostOptional, .twoHostsAccepted,
        .hostUnchecked, .keyOptional, .anyKey, .keyLengthUnchecked, .keyAlphabetUnchecked, .firstOfTwoKeys,
        .versionOptional, .anyVersion, .version8Accepted, .versionMissingIn426, .upgradeMissingIn426,
        .versionAsNumber, .versionByPrefix, .firstOfTwoVersions, .subprotocolInvented, .unknownSubprotocolEchoed,
        .allSubprotocolsEchoed, .emptySubprotocolAnswered, .firstSubprotocolLineOnly, .blanksInSubprotocolsKept,
        .subprotocolsInAnyCase, .subprotocolsUnchecked, .listsInQuadraticTime, .originInOneCase, .originUnchecked,
        .wrongOriginIsUnauthorized, .originByPrefix, .originBySuffix, .originWithoutScheme, .firstOfTwoOrigins,
        .anyPathAccepted, .anyRequestTarget, .challengeMissing, .credentialsUnchecked, .refusalWithoutAnswer,
        .framesAfterRefusal, .headInOneSegment, .firstFrameLost, .emptyLineRefused, .controlsInValuesAccepted,
        .spaceBeforeColonAccepted, .foldedLineAsHeader, .lineWithoutColonIgnored, .headerNamesUnchecked,
        .bodyAsFrames, .hixieAccepted, .longTargetDropped, .longHeadersDropped, .crashOnManyHeaders,
        .crashOnRepeatedHeader, .crashOnHalfRequest, .crashOnGarbage, .stackTraceInErrors, .hostInLocation,
        .noHandshakeTimeout,
    ]

    static let acceptWithoutGUID = Fault(
        "accept-without-guid", .server, "H-001 H-002",
        "answers with the SHA-1 of the key alone")
    static let acceptOfDecodedKey = Fault(
        "accept-of-decoded-key", .server, "H-001 H-002 H-031",
        "decodes the key before it is hashed")
    static let acceptInLowerCase = Fault(
        "accept-in-lower-case", .server, "H-001 H-002",
        "lower-cases Sec-WebSocket-Accept")
    static let acceptTwice = Fault("accept-twice", .server, "H-004", "sends Sec-WebSocket-Accept twice")
    static let contentLengthIn101 = Fault(
        "content-length-in-101", .server, "H-005",
        "sends Content-Length: 0 in the 101")
    static let versionIn101 = Fault("version-in-101", .server, "H-006", "sends Sec-WebSocket-Version in the 101")
    static let http10In101 = Fault("http-1-0-in-101", .server, "H-003", "answers in HTTP/1.0")
    static let octetsAfter101 = Fault(
        "octets-after-101", .server, "H-003 F-031",
        "sends an empty line too many behind the 101")
    static let valuesUntrimmed = Fault(
        "values-untrimmed", .both, "H-013 H-223",
        "keeps tabs and further spaces around header values")
    static let upgradeInOneCase = Fault(
        "upgrade-in-one-case", .both, "H-009 H-220",
        "takes only lower-case websocket in Upgrade")
    static let upgradeByPrefix = Fault(
        "upgrade-by-prefix", .both, "H-024 H-227",
        "takes any Upgrade that begins with websocket")
    static let upgradeOptional = Fault("upgrade-optional", .both, "H-023 H-227", "does without an Upgrade header")
    static let connectionAsWhole = Fault(
        "connection-as-whole", .both, "H-010 H-221",
        "compares the whole Connection header with Upgrade")
    static let connectionBySubstring = Fault(
        "connection-by-substring", .both, "H-026 H-228",
        "looks for upgrade anywhere in Connection")
    static let connectionOptional = Fault(
        "connection-optional", .both, "H-025 H-026 H-228",
        "does without Connection: Upgrade")
    static let absoluteTargetRefused = Fault(
        "absolute-target-refused", .server, "H-014",
        "refuses a request target in absolute form")
    static let queryLost = Fault("query-lost", .server, "H-015", "forgets the query of the request target")
    static let anyMethod = Fault("any-method", .server, "H-016", "opens a WebSocket for POST, HEAD and others")
    static let methodsInAnyCase = Fault("methods-in-any-case", .server, "H-017", "takes get for GET")
    static let http10Accepted = Fault(
        "http-1-0-accepted", .server, "H-018",
        "opens a WebSocket for a request in HTTP/1.0")
    static let anyHTTPVersion = Fault("any-http-version", .both, "H-019 H-233", "takes every version of HTTP for 1.1")
    static let hostOptional = Fault("host-optional", .server, "H-020", "does without a Host header")
    static let twoHostsAccepted = Fault("two-hosts-accepted", .server, "H-021", "takes the first of two Host headers")
    static let hostUnchecked = Fault("host-unchecked", .server, "H-022", "takes any text as Host")
    static let keyOptional = Fault("key-optional", .server, "H-027 S-002", "does without Sec-WebSocket-Key")
    static let anyKey = Fault("any-key", .server, "H-028 H-029", "takes any text as Sec-WebSocket-Key")
    static let keyLengthUnchecked = Fault("key-length-unchecked", .server, "H-028", "takes a key of any length")
    static let keyAlphabetUnchecked = Fault("key-alphabet-unchecked", .server, "H-029", "takes a key of any letters")
    static let firstOfTwoKeys = Fault(
        "first-of-two-keys", .server, "H-030",
        "takes the first of two Sec-WebSocket-Key headers")
    static let versionOptional = Fault("version-optional", .server, "H-032", "does without Sec-WebSocket-Version")
    static let anyVersion = Fault("any-version", .server, "H-033 S-002", "takes every version of the protocol")
    static let version8Accepted = Fault("version8-accepted", .server, "H-033", "takes version 8")
    static let versionMissingIn426 = Fault(
        "version-missing-in-426", .server, "H-033",
        "does not say which version it would take")
    static let upgradeMissingIn426 = Fault("upgrade-missing-in-426", .server, "H-034", "answers 426 without Upgrade")
    static let versionAsNumber = Fault("version-as-number", .server, "H-035", "reads 013 and +13 as 13")
    static let versionByPrefix = Fault("version-by-prefix", .server, "H-035", "takes every version that begins with 13")
    static let firstOfTwoVersions = Fault(
        "first-of-two-versions", .server, "H-036",
        "takes the first of two Sec-WebSocket-Version headers")
    static let subprotocolInvented = Fault(
        "subprotocol-invented", .server, "H-038 H-039",
        "answers with a subprotocol that it does not have or was not asked for")
    static let unknownSubprotocolEchoed = Fault(
        "unknown-subprotocol-echoed", .server, "H-039 S-003",
        "answers with the first subprotocol offered, known or not")
    static let allSubprotocolsEchoed = Fault(
        "all-subprotocols-echoed", .server, "H-039 H-040 H-041",
        "answers with all subprotocols offered")
    static let emptySubprotocolAnswered = Fault(
        "empty-subprotocol-answered", .server, "H-038 H-039",
        "answers with an empty Sec-WebSocket-Protocol")
    static let firstSubprotocolLineOnly = Fault(
        "first-subprotocol-line-only", .server, "H-042",
        "reads only the first Sec-WebSocket-Protocol header")
    static let blanksInSubprotocolsKept = Fault(
        "blanks-in-subprotocols-kept", .server, "H-040 H-043 H-045",
        "keeps the spaces in lists of subprotocols")
    static let subprotocolsInAnyCase = Fault("subprotocols-in-any-case", .both, "H-044 H-238", "takes CHAT for chat")
    static let subprotocolsUnchecked = Fault(
        "subprotocols-unchecked", .server, "H-045",
        "takes subprotocols that are no tokens")
    static let listsInQuadraticTime = Fault(
        "lists-in-quadratic-time", .server, "H-048",
        "takes time with the square of the blanks in a list")
    static let originInOneCase = Fault(
        "origin-in-one-case", .server, "H-049",
        "compares the host of an origin with regard to case")
    static let originUnchecked = Fault("origin-unchecked", .server, "H-050 H-051 S-001", "lets every origin in")
    static let wrongOriginIsUnauthorized = Fault(
        "wrong-origin-is-unauthorized", .server, "H-050",
        "answers 401 to a foreign origin")
    static let originByPrefix = Fault(
        "origin-by-prefix", .server, "H-051 S-001",
        "lets in what begins like the allowed origin")
    static let originBySuffix = Fault(
        "origin-by-suffix", .server, "H-051 S-001",
        "lets in what ends like the allowed origin")
    static let originWithoutScheme = Fault(
        "origin-without-scheme", .server, "H-051",
        "lets in the allowed host over http")
    static let firstOfTwoOrigins = Fault(
        "first-of-two-origins", .server, "H-052",
        "takes the first of two Origin headers")
    static let anyPathAccepted = Fault("any-path-accepted", .server, "H-054 H-055", "opens a WebSocket on every path")
    static let anyRequestTarget = Fault("any-request-target", .server, "H-056", "takes any text as request target")
    static let challengeMissing = Fault("challenge-missing", .server, "H-057", "answers 401 without WWW-Authenticate")
    static let credentialsUnchecked = Fault(
        "credentials-unchecked", .server, "H-057 S-004",
        "lets everyone in where credentials are asked for")
    static let refusalWithoutAnswer = Fault(
        "refusal-without-answer", .server, "H-059 H-027",
        "ends TCP where it should answer a request that it refuses")
    static let framesAfterRefusal = Fault(
        "frames-after-refusal", .server, "H-060 S-002",
        "goes on as a WebSocket after a refusal")
    static let headInOneSegment = Fault(
        "head-in-one-segment", .both, "H-061 H-062 H-224",
        "takes the first read for the whole head")
    static let firstFrameLost = Fault("first-frame-lost", .both, "H-063 H-225", "throws away what came with the head")
    static let emptyLineRefused = Fault(
        "empty-line-refused", .server, "H-065",
        "refuses an empty line before the request")
    static let controlsInValuesAccepted = Fault(
        "controls-in-values-accepted", .server, "H-067",
        "takes control characters in header values")
    static let spaceBeforeColonAccepted = Fault(
        "space-before-colon-accepted", .server, "H-068",
        "takes a space before the colon of a header")
    static let foldedLineAsHeader = Fault(
        "folded-line-as-header", .server, "H-069",
        "takes a folded line for a header of its own")
    static let lineWithoutColonIgnored = Fault(
        "line-without-colon-ignored", .server, "H-070",
        "skips header lines without a colon")
    static let headerNamesUnchecked = Fault(
        "header-names-unchecked", .server, "H-070",
        "takes header names that are no tokens")
    static let bodyAsFrames = Fault("body-as-frames", .server, "H-071 H-072", "takes the body of a request for frames")
    static let hixieAccepted = Fault(
        "hixie-accepted", .server, "H-083",
        "answers 101 to a handshake of the first drafts")
    static let longTargetDropped = Fault(
        "long-target-dropped", .server, "H-075",
        "ends TCP at a long request target without an answer")
    static let longHeadersDropped = Fault(
        "long-headers-dropped", .server, "H-076 H-077",
        "ends TCP at long or many headers without an answer")
    static let crashOnManyHeaders = Fault(
        "crash-on-many-headers", .server, "H-077",
        "ends its process at the hundred-and-first header")
    static let crashOnRepeatedHeader = Fault(
        "crash-on-repeated-header", .server, "H-021 H-042",
        "ends its process at a header that is there twice")
    static let crashOnHalfRequest = Fault(
        "crash-on-half-request", .server, "H-080",
        "ends its process when a request is not finished")
    static let crashOnGarbage = Fault(
        "crash-on-garbage", .both, "H-084 H-248",
        "ends its process at octets that are not HTTP")
    static let stackTraceInErrors = Fault(
        "stack-trace-in-errors", .server, "H-085",
        "shows a stack trace in the body of its refusals")
    static let hostInLocation = Fault(
        "host-in-location", .server, "S-003",
        "redirects to the Host that the request names")
    static let noHandshakeTimeout = Fault(
        "no-handshake-timeout", .both, "H-078 H-079 H-246",
        "waits for ever for the end of a handshake")
}
