// Negotiation of permessage-deflate (RFC 6455 §9, RFC 7692 §5 and §7.1): group X.

extension Fault {
    static let negotiationFaults: [Fault] = [
        .deflateUnasked, .unknownExtensionEchoed, .allOffersEchoed, .firstExtensionsLineOnly, .quotedValuesRefused,
        .quotedValuesUnchecked, .blanksInExtensionsRefused, .extensionSyntaxUnchecked, .crashOnPrototypeNames,
        .firstOfferOnly, .answeredTwice, .clientWindowUnasked, .serverTakeoverUnanswered, .serverWindowUnanswered,
        .largerWindowAnswered, .nineForEight, .serverWindowUnchecked, .clientWindowUnchecked,
        .windowsWithLeadingZeros, .flagValuesAccepted, .repeatedParametersAccepted, .unknownParametersAccepted,
        .flagsAnsweredWithValues, .windowsAnsweredWithZeros, .rsv1AcceptedThoughDeclined, .legacyNamesAccepted,
        .malformedOffer, .crashOnBadWindow, .unaskedClientWindowAccepted, .largerWindowAccepted,
        .answeredTwiceAccepted, .unaskedTakeoverRefused, .unaskedServerParametersRefused, .missingTakeoverAccepted,
        .rsv1ThoughDeclined, .otherExtensionsIgnored, .windowOf256Ignored,
    ]

    static let deflateUnasked = Fault(
        "deflate-unasked", .server, "X-001",
        "accepts permessage-deflate that nobody offered")
    static let unknownExtensionEchoed = Fault(
        "unknown-extension-echoed", .server, "X-002 X-004",
        "accepts an extension that it does not know")
    static let allOffersEchoed = Fault("all-offers-echoed", .server, "X-003 X-015", "answers with everything offered")
    static let firstExtensionsLineOnly = Fault(
        "first-extensions-line-only", .both, "X-005 H-243",
        "reads only the first Sec-WebSocket-Extensions header")
    static let quotedValuesRefused = Fault("quoted-values-refused", .both, "X-006 X-053", "refuses quoted values")
    static let quotedValuesUnchecked = Fault(
        "quoted-values-unchecked", .server, "X-007",
        "takes quoted values that are no tokens")
    static let blanksInExtensionsRefused = Fault(
        "blanks-in-extensions-refused", .server, "X-008",
        "refuses blanks between the parts of an extension")
    static let extensionSyntaxUnchecked = Fault(
        "extension-syntax-unchecked", .both, "X-009 H-242",
        "reads past what breaks the grammar of extensions")
    static let crashOnPrototypeNames = Fault(
        "crash-on-prototype-names", .server, "X-013",
        "ends its process at an extension called constructor")
    static let firstOfferOnly = Fault("first-offer-only", .server, "X-014", "looks at the first offer only")
    static let answeredTwice = Fault(
        "answered-twice", .server, "X-015",
        "accepts permessage-deflate twice in one answer")
    static let clientWindowUnasked = Fault(
        "client-window-unasked", .server, "X-016 X-022",
        "limits the client's window though that was not offered")
    static let serverTakeoverUnanswered = Fault(
        "server-takeover-unanswered", .server, "X-017",
        "accepts server_no_context_takeover without saying so")
    static let serverWindowUnanswered = Fault(
        "server-window-unanswered", .server, "X-019",
        "accepts server_max_window_bits without saying so")
    static let largerWindowAnswered = Fault(
        "larger-window-answered", .server, "X-019",
        "answers with a larger window than asked for")
    static let nineForEight = Fault("nine-for-eight", .server, "X-020", "answers 9 to server_max_window_bits=8")
    static let serverWindowUnchecked = Fault(
        "server-window-unchecked", .both, "X-023 X-043",
        "takes any value of server_max_window_bits")
    static let clientWindowUnchecked = Fault(
        "client-window-unchecked", .both, "X-024 X-045",
        "takes any value of client_max_window_bits")
    static let windowsWithLeadingZeros = Fault("windows-with-leading-zeros", .both, "X-023 X-043", "takes 09 for 9")
    static let flagValuesAccepted = Fault(
        "flag-values-accepted", .both, "X-025 X-049",
        "takes values of parameters that have none")
    static let repeatedParametersAccepted = Fault(
        "repeated-parameters-accepted", .both, "X-026 X-047",
        "takes a parameter that is there twice")
    static let unknownParametersAccepted = Fault(
        "unknown-parameters-accepted", .both, "X-027 X-042",
        "takes parameters that it does not know")
    static let flagsAnsweredWithValues = Fault(
        "flags-answered-with-values", .server, "X-028",
        "gives values to parameters that have none")
    static let windowsAnsweredWithZeros = Fault(
        "windows-answered-with-zeros", .server, "X-028",
        "answers window bits with a leading zero")
    static let rsv1AcceptedThoughDeclined = Fault(
        "rsv1-accepted-though-declined", .both, "X-029 F-012",
        "takes RSV1 where no extension was agreed on")
    static let legacyNamesAccepted = Fault("legacy-names-accepted", .server, "X-030", "accepts x-webkit-deflate-frame")
    static let malformedOffer = Fault(
        "malformed-offer", .client, "X-040 H-209",
        "offers a window of 16 bits and an unknown parameter")
    static let crashOnBadWindow = Fault(
        "crash-on-bad-window", .both, "X-043 X-023",
        "ends its process at a bad server_max_window_bits")
    static let unaskedClientWindowAccepted = Fault(
        "unasked-client-window-accepted", .client, "X-044",
        "takes client_max_window_bits that it did not offer")
    static let largerWindowAccepted = Fault(
        "larger-window-accepted", .client, "X-046",
        "takes a larger window than it offered")
    static let answeredTwiceAccepted = Fault(
        "answered-twice-accepted", .client, "X-048",
        "takes permessage-deflate twice in one answer")
    static let unaskedTakeoverRefused = Fault(
        "unasked-takeover-refused", .client, "X-050",
        "refuses client_no_context_takeover that it did not offer")
    static let unaskedServerParametersRefused = Fault(
        "unasked-server-parameters-refused", .client, "X-051 X-052",
        "refuses parameters of the server that it did not offer")
    static let missingTakeoverAccepted = Fault(
        "missing-takeover-accepted", .client, "X-054",
        "does without server_no_context_takeover that it asked for")
    static let rsv1ThoughDeclined = Fault(
        "rsv1-though-declined", .both, "X-055 F-003",
        "sets RSV1 where no extension was agreed on")
    static let otherExtensionsIgnored = Fault(
        "other-extensions-ignored", .client, "X-056",
        "skips extensions in the answer that it did not offer")
    static let windowOf256Ignored = Fault(
        "window-of-256-ignored", .client, "X-057",
        "agrees to a window of 256 octets, which zlib does not have, and uses 32 KiB")
}
