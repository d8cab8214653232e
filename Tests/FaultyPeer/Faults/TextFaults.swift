// UTF-8 (RFC 6455 §8.1, RFC 3629): group U.

extension Fault {
    static let textFaults: [Fault] = [
        .textUnchecked, .textMayEndInCharacter, .fragmentsCheckedAlone, .emptyFragmentForgetsCharacter,
        .controlFrameForgetsCharacter, .brokenCharacterSkipped, .impossibleOctetsAccepted, .loneContinuationAccepted,
        .overlongAccepted, .surrogatesAccepted, .beyondUnicodeAccepted, .nonCharactersRefused, .nulRefused,
        .byteOrderMarkRemoved, .textNormalised, .textCheckedAtItsEnd, .binaryChecked, .wordCheckMissesOctet,
        .charactersCutAt4096, .firstOctetUnchecked, .inflatedTextUnchecked, .compressedOctetsChecked,
        .sentTextUnchecked,
    ]

    static let textUnchecked = Fault("text-unchecked", .both, "U-006 U-008 U-009", "takes any octets for text")
    static let textMayEndInCharacter = Fault(
        "text-may-end-in-character", .both, "U-006",
        "takes text that ends within a character")
    static let fragmentsCheckedAlone = Fault(
        "fragments-checked-alone", .both, "U-002 U-003",
        "wants each fragment to end with a character")
    static let emptyFragmentForgetsCharacter = Fault(
        "empty-fragment-forgets-character", .both, "U-004",
        "forgets the first half of a character at an empty fragment")
    static let controlFrameForgetsCharacter = Fault(
        "control-frame-forgets-character", .both, "U-005",
        "forgets the first half of a character at a ping")
    static let brokenCharacterSkipped = Fault(
        "broken-character-skipped", .both, "U-007 U-010",
        "takes ASCII within a character")
    static let impossibleOctetsAccepted = Fault(
        "impossible-octets-accepted", .both, "U-008",
        "takes the octets f8 to ff")
    static let loneContinuationAccepted = Fault(
        "lone-continuation-accepted", .both, "U-009",
        "takes continuation octets without a lead")
    static let overlongAccepted = Fault("overlong-accepted", .both, "U-011 U-008", "takes overlong forms")
    static let surrogatesAccepted = Fault("surrogates-accepted", .both, "U-012", "takes surrogates")
    static let beyondUnicodeAccepted = Fault(
        "beyond-unicode-accepted", .both, "U-013",
        "takes characters beyond U+10FFFF")
    static let nonCharactersRefused = Fault("non-characters-refused", .both, "U-014", "refuses non-characters")
    static let nulRefused = Fault("nul-refused", .both, "U-015", "refuses NUL")
    static let byteOrderMarkRemoved = Fault("byte-order-mark-removed", .both, "U-016", "takes the byte order mark off")
    static let textNormalised = Fault("text-normalised", .both, "U-017", "composes characters with their accents")
    static let textCheckedAtItsEnd = Fault(
        "text-checked-at-its-end", .both, "U-018 U-019",
        "looks at text only when it is whole")
    static let binaryChecked = Fault("binary-checked", .both, "U-020 F-056", "wants binary to be UTF-8")
    static let wordCheckMissesOctet = Fault(
        "word-check-misses-octet", .both, "U-021",
        "looks at seven of the eight octets of a word")
    static let charactersCutAt4096 = Fault(
        "characters-cut-at-4096", .both, "U-022",
        "refuses a character across a border of 4,096 octets")
    static let firstOctetUnchecked = Fault(
        "first-octet-unchecked", .both, "U-023 U-009",
        "takes a continuation octet at the start of a message")
    static let inflatedTextUnchecked = Fault(
        "inflated-text-unchecked", .both, "U-026 D-030",
        "does not look at text that was compressed")
    static let compressedOctetsChecked = Fault(
        "compressed-octets-checked", .both, "U-026 D-030",
        "wants compressed octets of text to be UTF-8")
    static let sentTextUnchecked = Fault("sent-text-unchecked", .client, "U-027", "sends any octets as text")
}
