// Closing handshake and status codes (RFC 6455 §5.5.1, §7): group C.

extension Fault {
    static let closingFaults: [Fault] = [
        .closeUnanswered, .closeIgnored, .replyDelayed, .answersWith1005, .halfACodeAccepted, .longReasonRefused,
        .longCloseAccepted, .codesAbove1003Refused, .newCodesRefused, .applicationCodesRefused, .answersWith1000,
        .answersWith1002, .answersWithoutCode, .lowCodesAccepted, .localCodesAccepted, .code1015Accepted,
        .reservedCodesAccepted, .highCodesAccepted, .reasonUnchecked, .closeAnsweredTwice, .pongAfterClose,
        .echoAfterClose, .secondCloseForGarbage, .twoCloses, .dataAfterOwnClose, .violationWith1006, .reasonTooLong,
        .brokenReason, .tcpLeftOpen, .serverWaitsForClient, .resetAfterClose, .unreadOctetsLeft, .clientClosesFirst,
        .noCloseTimeout, .closeTimeoutStartsAnew, .messageWhileClosingRefused, .finNotNoticed, .crashOnReset,
        .replyLostAfterFIN, .closeBodyInOneSegment, .violationWithoutClose, .resetWithoutClose, .violationIgnored,
        .violationWith1000, .violationWithoutCode, .badTextIsProtocolError, .tooBigIsProtocolError,
        .shutdownWithoutClose, .crashOnApplicationError, .applicationErrorDropsConnection, .applicationErrorIsNormal,
        .kindUnchecked, .kindIsProtocolError, .pongsWhileFailing, .codeNotReported, .cleanWithoutClose,
        .closeArgumentsUnchecked, .emptyCloseNotOffered, .closeEndsTCP,
    ]

    static let closeUnanswered = Fault("close-unanswered", .both, "C-001", "ends TCP without an answer to a Close")
    static let closeIgnored = Fault("close-ignored", .both, "C-001", "does nothing at a Close")
    static let replyDelayed = Fault("reply-delayed", .both, "C-001 C-026", "answers a Close after three seconds")
    static let answersWith1005 = Fault(
        "answers-with-1005", .both, "C-002 C-024",
        "answers an empty Close with the code 1005")
    static let halfACodeAccepted = Fault(
        "half-a-code-accepted", .both, "C-003",
        "takes a Close body of one octet for an empty one")
    static let longReasonRefused = Fault(
        "long-reason-refused", .both, "C-004",
        "fails at a reason of more than 100 octets")
    static let longCloseAccepted = Fault(
        "long-close-accepted", .both, "C-005",
        "takes Close bodies of more than 125 octets")
    static let codesAbove1003Refused = Fault(
        "codes-above-1003-refused", .both, "C-006",
        "refuses the codes 1007 to 1011")
    static let newCodesRefused = Fault("new-codes-refused", .both, "C-007", "refuses the codes 1012 to 1014")
    static let applicationCodesRefused = Fault(
        "application-codes-refused", .both, "C-008",
        "refuses the codes 3000 to 4999")
    static let answersWith1000 = Fault("answers-with-1000", .both, "C-009", "answers every Close with 1000")
    static let answersWith1002 = Fault("answers-with-1002", .both, "C-009", "answers every Close with 1002")
    static let answersWithoutCode = Fault(
        "answers-without-code", .both, "C-009",
        "answers every Close with an empty one")
    static let lowCodesAccepted = Fault("low-codes-accepted", .both, "C-010", "takes the codes 0 to 999")
    static let localCodesAccepted = Fault("local-codes-accepted", .both, "C-011", "takes the codes 1004, 1005 and 1006")
    static let code1015Accepted = Fault("code-1015-accepted", .both, "C-012", "takes the code 1015")
    static let reservedCodesAccepted = Fault("reserved-codes-accepted", .both, "C-013", "takes the codes 1016 to 2999")
    static let highCodesAccepted = Fault("high-codes-accepted", .both, "C-014", "takes codes of 5000 and more")
    static let reasonUnchecked = Fault("reason-unchecked", .both, "C-015", "takes a reason that is not UTF-8")
    static let closeAnsweredTwice = Fault(
        "close-answered-twice", .both, "C-017 C-022",
        "sends its answer to a Close twice")
    static let pongAfterClose = Fault(
        "pong-after-close", .both, "C-018 P-009",
        "answers a ping that stands behind a Close")
    static let echoAfterClose = Fault("echo-after-close", .both, "C-019", "echoes a message that stands behind a Close")
    static let secondCloseForGarbage = Fault(
        "second-close-for-garbage", .both, "C-021 C-022",
        "sends a second Close for what stands behind the first")
    static let twoCloses = Fault("two-closes", .both, "C-022 C-033", "sends a Close for a Close though it has sent one")
    static let dataAfterOwnClose = Fault("data-after-own-close", .both, "C-023 C-032", "sends messages after its Close")
    static let violationWith1006 = Fault("violation-with-1006", .both, "C-024 C-040", "fails with 1006 on the wire")
    static let reasonTooLong = Fault("reason-too-long", .both, "C-025", "sends Close bodies of up to 300 octets")
    static let brokenReason = Fault(
        "broken-reason", .both, "C-025",
        "cuts the reasons that it sends within a character")
    static let tcpLeftOpen = Fault("tcp-left-open", .both, "C-026 C-001", "leaves TCP open after both Closes")
    static let serverWaitsForClient = Fault(
        "server-waits-for-client", .server, "C-027",
        "waits for the client to end TCP first")
    static let resetAfterClose = Fault("reset-after-close", .both, "C-028 C-036", "resets TCP right behind its Close")
    static let unreadOctetsLeft = Fault(
        "unread-octets-left", .server, "C-028 C-027",
        "closes its socket at once, so that unread octets make it reset")
    static let clientClosesFirst = Fault(
        "client-closes-first", .client, "C-029",
        "ends TCP without waiting for the server to do it")
    static let noCloseTimeout = Fault(
        "no-close-timeout", .both, "C-030 C-031 C-029",
        "waits for ever for the answer to its Close")
    static let closeTimeoutStartsAnew = Fault(
        "close-timeout-starts-anew", .both, "C-031",
        "begins to wait anew with whatever comes after its Close")
    static let messageWhileClosingRefused = Fault(
        "message-while-closing-refused", .both, "C-032",
        "resets TCP when a message comes after its Close")
    static let finNotNoticed = Fault("fin-not-noticed", .both, "C-034", "does not notice FIN without a Close")
    static let crashOnReset = Fault("crash-on-reset", .both, "C-035", "ends its process when TCP is reset")
    static let replyLostAfterFIN = Fault(
        "reply-lost-after-fin", .both, "C-036",
        "does not answer a Close with FIN behind it")
    static let closeBodyInOneSegment = Fault(
        "close-body-in-one-segment", .both, "C-039",
        "fails when a Close frame arrives in pieces")
    static let violationWithoutClose = Fault(
        "violation-without-close", .both, "C-040",
        "ends TCP without a Close when it fails")
    static let resetWithoutClose = Fault("reset-without-close", .both, "C-040", "resets TCP when it fails")
    static let violationIgnored = Fault(
        "violation-ignored", .both, "F-012 C-040",
        "does nothing more when the protocol is broken")
    static let violationWith1000 = Fault("violation-with-1000", .both, "C-040", "fails with the code 1000")
    static let violationWithoutCode = Fault("violation-without-code", .both, "C-040", "fails with an empty Close")
    static let badTextIsProtocolError = Fault(
        "bad-text-is-protocol-error", .both, "C-040 U-006",
        "fails at bad text with 1002")
    static let tooBigIsProtocolError = Fault(
        "too-big-is-protocol-error", .both, "C-040 L-001",
        "fails at messages over the limit with 1002")
    static let shutdownWithoutClose = Fault(
        "shutdown-without-close", .server, "C-041",
        "goes down without a Close to anyone")
    static let crashOnApplicationError = Fault(
        "crash-on-application-error", .server, "C-042",
        "ends its process when a handler fails")
    static let applicationErrorDropsConnection = Fault(
        "application-error-drops-connection", .server, "C-042",
        "ends TCP without a Close when a handler fails")
    static let applicationErrorIsNormal = Fault(
        "application-error-is-normal", .server, "C-042",
        "closes with 1000 when a handler fails")
    static let kindUnchecked = Fault("kind-unchecked", .server, "C-043", "echoes binary where only text is taken")
    static let kindIsProtocolError = Fault(
        "kind-is-protocol-error", .server, "C-043",
        "closes with 1002 where only text is taken")
    static let pongsWhileFailing = Fault(
        "pongs-while-failing", .both, "C-044 F-023",
        "answers a ping while it fails the connection")
    static let codeNotReported = Fault("code-not-reported", .client, "C-045", "reports 1006 whatever the Close said")
    static let cleanWithoutClose = Fault(
        "clean-without-close", .client, "C-045 C-034",
        "reports 1000 when TCP ended without a Close")
    static let closeArgumentsUnchecked = Fault(
        "close-arguments-unchecked", .client, "C-046",
        "sends whatever code and reason it is told")
    static let emptyCloseNotOffered = Fault(
        "empty-close-not-offered", .client, "C-047",
        "sends 1000 when told to close without a code")
    static let closeEndsTCP = Fault(
        "close-ends-tcp", .server, "C-030 C-032 C-047",
        "ends TCP instead of sending a Close")
}
