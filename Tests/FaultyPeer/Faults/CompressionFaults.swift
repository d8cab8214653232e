// permessage-deflate data (RFC 7692 §6, §7.2): group D.

extension Fault {
    static let compressionFaults: [Fault] = [
        .finalBlockEndsInflater, .uncompressedInWindow, .rsv1OnContinuationAccepted, .rsv1OnControlAccepted,
        .rsv2And3IgnoredWithDeflate, .pongCompressed, .rsv1OnEveryFragment, .rsv1NeverSet, .tailKept, .contextKept,
        .windowIgnored, .inflaterForgets, .inflateWindowTooSmall, .corruptDataDelivered, .cutMessageAccepted,
        .inflatedSizeUnlimited, .inflatedLimitPerFrame, .emptyMessageWithRSV1, .deflatersLeaked, .inflatersLeaked,
        .oneInflaterForAll, .reservedOpcodesWithRSV1Skipped, .compressedRestartAccepted,
    ]

    static let finalBlockEndsInflater = Fault(
        "final-block-ends-inflater", .both, "D-006",
        "inflates nothing after a block that calls itself the last")
    static let uncompressedInWindow = Fault(
        "uncompressed-in-window", .both, "D-011",
        "adds messages that were not compressed to the window")
    static let rsv1OnContinuationAccepted = Fault(
        "rsv1-on-continuation-accepted", .both, "D-012",
        "takes RSV1 on continuation frames")
    static let rsv1OnControlAccepted = Fault("rsv1-on-control-accepted", .both, "D-013", "takes RSV1 on control frames")
    static let rsv2And3IgnoredWithDeflate = Fault(
        "rsv2-and-3-ignored-with-deflate", .both, "D-015",
        "ignores RSV2 and RSV3 with permessage-deflate")
    static let pongCompressed = Fault("pong-compressed", .both, "D-017 P-010", "compresses its pongs")
    static let rsv1OnEveryFragment = Fault("rsv1-on-every-fragment", .both, "D-018", "sets RSV1 on every fragment")
    static let rsv1NeverSet = Fault("rsv1-never-set", .both, "D-019", "compresses without RSV1")
    static let tailKept = Fault("tail-kept", .both, "D-019", "sends the 00 00 ff ff of each message")
    static let contextKept = Fault(
        "context-kept", .both, "D-020 D-021",
        "refers to earlier messages though it agreed not to")
    static let windowIgnored = Fault("window-ignored", .both, "D-022", "has the largest window whatever was agreed")
    static let inflaterForgets = Fault(
        "inflater-forgets", .both, "D-003 D-023",
        "inflates every message with an empty window")
    static let inflateWindowTooSmall = Fault(
        "inflate-window-too-small", .both, "D-024",
        "has half the window that was agreed to inflate with")
    static let corruptDataDelivered = Fault(
        "corrupt-data-delivered", .both, "D-026",
        "delivers what it has of corrupt data")
    static let cutMessageAccepted = Fault(
        "cut-message-accepted", .both, "D-027",
        "delivers compressed messages that end within a block")
    static let inflatedSizeUnlimited = Fault(
        "inflated-size-unlimited", .both, "D-031 D-032",
        "does not limit what inflates")
    static let inflatedLimitPerFrame = Fault(
        "inflated-limit-per-frame", .both, "D-033",
        "limits what each frame inflates to")
    static let emptyMessageWithRSV1 = Fault(
        "empty-message-with-rsv1", .both, "D-038",
        "sends empty messages as compressed with no octets")
    static let deflatersLeaked = Fault(
        "deflaters-leaked", .both, "D-040",
        "does not free each fourth of its compressors")
    static let inflatersLeaked = Fault("inflaters-leaked", .both, "D-040", "never frees its inflaters")
    static let oneInflaterForAll = Fault(
        "one-inflater-for-all", .server, "D-041",
        "inflates all connections with one window")
    static let reservedOpcodesWithRSV1Skipped = Fault(
        "reserved-opcodes-with-rsv1-skipped", .both, "D-043",
        "skips reserved opcodes with RSV1")
    static let compressedRestartAccepted = Fault(
        "compressed-restart-accepted", .both, "D-044",
        "begins a compressed message within another")
}
