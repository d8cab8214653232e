// Ping and pong (RFC 6455 §5.5.2, §5.5.3): group P.

extension Fault {
    static let pingFaults: [Fault] = [
        .pingUnanswered, .emptyPong, .shortPong, .pongWithSurplus, .longPingAccepted, .longPongAccepted,
        .longPingSent, .pongAnswered, .unsolicitedPongRefused, .pongsDelivered, .newestPingOnly, .pongLate,
        .fragmentedPong, .pongsKept, .neverPings, .pongNotMissed, .pingsDelivered, .pingPayloadInMessage,
        .pingPayloadChecked,
    ]

    static let pingUnanswered = Fault("ping-unanswered", .both, "P-001", "does not answer pings")
    static let emptyPong = Fault("empty-pong", .both, "P-001", "answers pings with empty pongs")
    static let shortPong = Fault("short-pong", .both, "P-001", "answers with 124 octets at most")
    static let pongWithSurplus = Fault(
        "pong-with-surplus", .both, "S-005 P-001",
        "sends octets in pongs that nobody sent it")
    static let longPingAccepted = Fault("long-ping-accepted", .both, "P-002", "takes pings of more than 125 octets")
    static let longPongAccepted = Fault("long-pong-accepted", .both, "P-003", "takes pongs of more than 125 octets")
    static let longPingSent = Fault(
        "long-ping-sent", .client, "P-018",
        "sends pings of more than 125 octets when told to")
    static let pongAnswered = Fault("pong-answered", .both, "P-005", "answers pongs")
    static let unsolicitedPongRefused = Fault(
        "unsolicited-pong-refused", .both, "P-005",
        "fails at a pong that it did not ask for")
    static let pongsDelivered = Fault("pongs-delivered", .both, "P-005", "delivers pongs as messages")
    static let newestPingOnly = Fault("newest-ping-only", .both, "P-006", "answers only the last of several pings")
    static let pongLate = Fault("pong-late", .both, "P-007", "answers a ping after 700 ms")
    static let fragmentedPong = Fault("fragmented-pong", .both, "P-010", "sends pongs without FIN")
    static let pongsKept = Fault("pongs-kept", .both, "P-013", "keeps every pong")
    static let neverPings = Fault("never-pings", .server, "P-014", "sends no pings where they are promised")
    static let pongNotMissed = Fault(
        "pong-not-missed", .server, "P-014 L-010",
        "keeps a connection whose pings are not answered")
    static let pingsDelivered = Fault("pings-delivered", .both, "P-016", "delivers pings as messages")
    static let pingPayloadInMessage = Fault(
        "ping-payload-in-message", .both, "P-016 F-038",
        "adds a ping's payload to the message in progress")
    static let pingPayloadChecked = Fault("ping-payload-checked", .both, "U-025", "wants ping payloads to be UTF-8")
}
