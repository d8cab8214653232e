// Limits and resources (RFC 6455 §10.4): group L.

extension Fault {
    static let resourceFaults: [Fault] = [
        .limitAfterPayload, .limitPerFrame, .limitOffByOne, .limitOneTooLow, .sumOfLengthsWraps, .bufferForEachFragment,
        .descriptorsLeaked, .messagesKept, .stallsOthersWithLargeMessages, .quadraticReassembly, .spinsAfterError,
        .oneConnectionAtATime,
    ]

    static let limitAfterPayload = Fault(
        "limit-after-payload", .both, "L-001",
        "looks at the limit when a message is whole")
    static let limitPerFrame = Fault("limit-per-frame", .both, "L-002 L-007", "limits each frame and not the message")
    static let limitOffByOne = Fault("limit-off-by-one", .both, "L-001 D-031", "takes one octet more than its limit")
    static let limitOneTooLow = Fault("limit-one-too-low", .both, "L-003", "takes one octet less than its limit")
    static let sumOfLengthsWraps = Fault("sum-of-lengths-wraps", .both, "L-004", "adds lengths in 32 bits")
    static let bufferForEachFragment = Fault(
        "buffer-for-each-fragment", .both, "L-005 L-006",
        "keeps a KiB for each fragment of a message, however small")
    static let descriptorsLeaked = Fault("descriptors-leaked", .server, "L-014", "never closes its sockets")
    static let messagesKept = Fault("messages-kept", .both, "L-015 D-039", "keeps every message that it sends")
    static let stallsOthersWithLargeMessages = Fault(
        "stalls-others-with-large-messages", .server, "L-016",
        "lets everyone wait while it echoes a large message")
    static let quadraticReassembly = Fault(
        "quadratic-reassembly", .both, "L-017",
        "copies a message with each fragment")
    static let spinsAfterError = Fault(
        "spins-after-error", .both, "S-016 F-012",
        "burns a processor's time when a connection failed")
    static let oneConnectionAtATime = Fault(
        "one-connection-at-a-time", .server, "L-012 L-022",
        "serves one connection after the other")
}
