// Masking (RFC 6455 §5.3): group M.

extension Fault {
    static let maskingFaults: [Fault] = [
        .unmaskedAccepted, .unmaskedControlsAccepted, .masksAsServer, .maskPhaseStartsWithEachRead,
        .maskPhaseContinues, .unmaskedClient, .unmaskedControlsOfClient, .unmaskedEmptyFrames, .oneKeyPerConnection,
        .countingKeys, .linearKeys, .weakKeys, .seededKeys, .controlFramesReuseKey, .maskedFromServerAccepted,
        .maskedEmptyFromServerAccepted, .zeroKey,
    ]

    static let unmaskedAccepted = Fault("unmasked-accepted", .server, "M-001 M-002", "takes messages without a mask")
    static let unmaskedControlsAccepted = Fault(
        "unmasked-controls-accepted", .server, "M-003",
        "takes control frames without a mask")
    static let masksAsServer = Fault("masks-as-server", .server, "M-006", "masks the frames that it sends as a server")
    static let maskPhaseStartsWithEachRead = Fault(
        "mask-phase-starts-with-each-read", .server, "M-007",
        "begins the masking key anew with each read")
    static let maskPhaseContinues = Fault(
        "mask-phase-continues", .server, "M-008",
        "goes on in the masking key from one fragment to the next")
    static let unmaskedClient = Fault("unmasked-client", .client, "M-010", "masks nothing that it sends as a client")
    static let unmaskedControlsOfClient = Fault(
        "unmasked-controls-of-client", .client, "M-010",
        "does not mask its control frames")
    static let unmaskedEmptyFrames = Fault("unmasked-empty-frames", .client, "M-010", "does not mask its empty frames")
    static let oneKeyPerConnection = Fault(
        "one-key-per-connection", .client, "M-011",
        "has one masking key for a connection")
    static let countingKeys = Fault("counting-keys", .client, "M-012", "counts its masking keys up")
    static let linearKeys = Fault("linear-keys", .client, "M-012", "takes each masking key from the one before")
    static let weakKeys = Fault("weak-keys", .client, "M-012", "has masking keys of half the bits")
    static let seededKeys = Fault("seeded-keys", .client, "M-013", "has the same masking keys on each connection")
    static let controlFramesReuseKey = Fault(
        "control-frames-reuse-key", .client, "M-014",
        "masks control frames with the key of the frame before")
    static let maskedFromServerAccepted = Fault(
        "masked-from-server-accepted", .client, "M-015",
        "takes masked frames from a server")
    static let maskedEmptyFromServerAccepted = Fault(
        "masked-empty-from-server-accepted", .client, "M-016",
        "takes masked empty frames from a server")
    static let zeroKey = Fault("zero-key", .client, "M-018", "masks with zeros")
}
