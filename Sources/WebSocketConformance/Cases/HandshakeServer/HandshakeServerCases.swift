/// The opening handshake, server under test (RFC 6455 §4.2, §4.4, §11.3; RFC 9110, RFC 9112), in the order of the catalogue.
enum HandshakeServerCases {
    static let all: [Case] = [
        SwitchingCases.all, ToleranceCases.all, RequestLineCases.all, UpgradeFieldCases.all, SubprotocolCases.all,
        PolicyCases.all, RefusalCases.all, SyntaxCases.all, RequestBodyCases.all, SegmentCases.all,
        HandshakeLimitCases.all,
    ].flatMap { $0 }.enumerated().sorted { ($0.element.row, $0.offset) < ($1.element.row, $1.offset) }.map(\.element)
}
