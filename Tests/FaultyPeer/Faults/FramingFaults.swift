// Base framing and fragmentation (RFC 6455 §5.2, §5.4): group F.

extension Fault {
    static let framingFaults: [Fault] = [
        .sixteenBitLengthAlways, .sixtyFourBitLengthAlways, .lengthFormOffByOne, .headerInOneSegment,
        .sixteenBitsForSmallAccepted, .sixtyFourBitsForSmallAccepted, .controlFormUnchecked, .topBitIgnored,
        .lengthCutTo32Bits, .declaredLengthAllocated, .rsvOnDataIgnored, .rsv2And3Ignored, .rsvOnCloseIgnored,
        .rsvOnPingIgnored, .rsvOnContinuationIgnored, .rsvOnEmptyFramesIgnored, .reservedDataOpcodesSkipped,
        .unfinishedReservedOpcodesSkipped, .reservedControlOpcodesSkipped, .reservedOpcodesSkippedInMessages,
        .crashOnReservedOpcode, .waitsForPayload, .goesOnAfterViolation, .textEchoedAsBinary,
        .hundredthMessageDropped, .everyTenthMessageLate, .emptyMessagesDropped, .lastOctetsLeftMasked,
        .partialMessageDelivered, .fragmentsNameTheirKind, .octetsAfterClose, .limitOf64KiB,
        .binaryFragmentsForgotten, .fewFragmentsAllowed, .emptyFragmentEndsMessage, .controlFrameEndsMessage,
        .pongAfterMessage, .pongInMessageRefused, .closeInMessageIgnored, .strayContinuationAccepted,
        .strayContinuationIgnored, .newTextInMessageAccepted, .newBinaryInTextAccepted, .newMessageInBinaryAccepted,
        .fragmentedPingAccepted, .fragmentedCloseAccepted, .leftoversOfOthers, .zeroKeyRefused,
    ]

    static let sixteenBitLengthAlways = Fault(
        "sixteen-bit-length-always", .both, "F-002",
        "sends small frames with 16 bits of length")
    static let sixtyFourBitLengthAlways = Fault(
        "sixty-four-bit-length-always", .both, "F-002",
        "sends middle-sized frames with 64 bits of length")
    static let lengthFormOffByOne = Fault(
        "length-form-off-by-one", .both, "F-002",
        "sends 65535 octets with 64 bits of length")
    static let headerInOneSegment = Fault(
        "header-in-one-segment", .both, "F-004 F-005",
        "fails when a frame's header arrives in pieces")
    static let sixteenBitsForSmallAccepted = Fault(
        "sixteen-bits-for-small-accepted", .both, "F-007 F-009",
        "takes 16 bits of length for 5 octets")
    static let sixtyFourBitsForSmallAccepted = Fault(
        "sixty-four-bits-for-small-accepted", .both, "F-008",
        "takes 64 bits of length for 5 octets")
    static let controlFormUnchecked = Fault(
        "control-form-unchecked", .both, "F-009",
        "takes 16 bits of length for small control frames")
    static let topBitIgnored = Fault("top-bit-ignored", .both, "F-010", "drops the top bit of a 64-bit length")
    static let lengthCutTo32Bits = Fault(
        "length-cut-to-32-bits", .both, "F-010 F-011 L-004",
        "keeps 32 bits of a 64-bit length")
    static let declaredLengthAllocated = Fault(
        "declared-length-allocated", .both, "F-011",
        "allocates what a header declares before looking at the limit")
    static let rsvOnDataIgnored = Fault("rsv-on-data-ignored", .both, "F-012", "ignores reserved bits of messages")
    static let rsv2And3Ignored = Fault("rsv2-and-3-ignored", .both, "F-012", "ignores RSV2 and RSV3 of messages")
    static let rsvOnCloseIgnored = Fault(
        "rsv-on-close-ignored", .both, "F-013",
        "ignores reserved bits of Close frames")
    static let rsvOnPingIgnored = Fault(
        "rsv-on-ping-ignored", .both, "F-014",
        "ignores reserved bits of pings and pongs")
    static let rsvOnContinuationIgnored = Fault(
        "rsv-on-continuation-ignored", .both, "F-015",
        "ignores reserved bits of continuation frames")
    static let rsvOnEmptyFramesIgnored = Fault(
        "rsv-on-empty-frames-ignored", .both, "F-016",
        "ignores reserved bits of empty frames")
    static let reservedDataOpcodesSkipped = Fault(
        "reserved-data-opcodes-skipped", .both, "F-017",
        "skips frames with opcodes 3 to 7")
    static let unfinishedReservedOpcodesSkipped = Fault(
        "unfinished-reserved-opcodes-skipped", .both, "F-018",
        "skips frames with reserved opcodes without FIN")
    static let reservedControlOpcodesSkipped = Fault(
        "reserved-control-opcodes-skipped", .both, "F-019",
        "skips frames with opcodes 11 to 15")
    static let reservedOpcodesSkippedInMessages = Fault(
        "reserved-opcodes-skipped-in-messages", .both, "F-021",
        "skips frames with reserved opcodes within a message")
    static let crashOnReservedOpcode = Fault(
        "crash-on-reserved-opcode", .both, "F-017 F-019 L-022",
        "ends its process at a reserved opcode")
    static let waitsForPayload = Fault(
        "waits-for-payload", .both, "F-022",
        "reads a bad frame to its end before it fails")
    static let goesOnAfterViolation = Fault(
        "goes-on-after-violation", .both, "F-023 C-044",
        "answers frames behind the one that broke the protocol")
    static let textEchoedAsBinary = Fault("text-echoed-as-binary", .both, "F-024", "sends text as binary")
    static let hundredthMessageDropped = Fault(
        "hundredth-message-dropped", .both, "F-025 L-015",
        "drops each hundredth message that it sends")
    static let everyTenthMessageLate = Fault(
        "every-tenth-message-late", .both, "F-025",
        "lets a message overtake each tenth")
    static let emptyMessagesDropped = Fault("empty-messages-dropped", .both, "F-026", "does not deliver empty messages")
    static let lastOctetsLeftMasked = Fault(
        "last-octets-left-masked", .both, "F-027",
        "unmasks large frames in blocks and forgets what is left")
    static let partialMessageDelivered = Fault(
        "partial-message-delivered", .both, "F-028 L-023",
        "delivers what it has of a message when TCP ends")
    static let fragmentsNameTheirKind = Fault(
        "fragments-name-their-kind", .both, "F-029",
        "sends messages in two frames that both begin one")
    static let octetsAfterClose = Fault(
        "octets-after-close", .both, "F-031 C-023",
        "sends a pong behind its Close frame")
    static let limitOf64KiB = Fault("limit-of-64-kib", .both, "F-001 F-032", "takes no message of 64 KiB and more")
    static let binaryFragmentsForgotten = Fault(
        "binary-fragments-forgotten", .both, "F-034",
        "forgets the first fragment of binary messages")
    static let fewFragmentsAllowed = Fault(
        "few-fragments-allowed", .both, "F-035",
        "takes no message of more than 1,000 fragments")
    static let emptyFragmentEndsMessage = Fault(
        "empty-fragment-ends-message", .both, "F-036",
        "takes an empty fragment for the last")
    static let controlFrameEndsMessage = Fault(
        "control-frame-ends-message", .both, "F-038 F-039 F-050",
        "forgets the message in progress at a control frame")
    static let pongAfterMessage = Fault(
        "pong-after-message", .both, "F-038 P-007",
        "answers pings within a message when that is complete")
    static let pongInMessageRefused = Fault(
        "pong-in-message-refused", .both, "F-039",
        "fails at a pong within a message")
    static let closeInMessageIgnored = Fault(
        "close-in-message-ignored", .both, "F-041",
        "skips a Close frame within a message")
    static let strayContinuationAccepted = Fault(
        "stray-continuation-accepted", .both, "F-042 F-043 F-044",
        "takes a continuation without a message for text")
    static let strayContinuationIgnored = Fault(
        "stray-continuation-ignored", .both, "F-042 F-043 F-044",
        "skips a continuation without a message")
    static let newTextInMessageAccepted = Fault(
        "new-text-in-message-accepted", .both, "F-046 F-047",
        "begins a new text message within another")
    static let newBinaryInTextAccepted = Fault(
        "new-binary-in-text-accepted", .both, "F-048",
        "begins a binary message within a text message")
    static let newMessageInBinaryAccepted = Fault(
        "new-message-in-binary-accepted", .both, "F-049",
        "begins a new message within a binary message")
    static let fragmentedPingAccepted = Fault(
        "fragmented-ping-accepted", .both, "F-051",
        "takes pings and pongs without FIN")
    static let fragmentedCloseAccepted = Fault(
        "fragmented-close-accepted", .both, "F-052",
        "takes a Close frame without FIN")
    static let leftoversOfOthers = Fault(
        "leftovers-of-others", .both, "F-057 S-006",
        "begins a message with what another connection left unfinished")
    static let zeroKeyRefused = Fault("zero-key-refused", .server, "F-058", "fails at a masking key of zeros")
}
