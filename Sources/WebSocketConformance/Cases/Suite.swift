/// All cases, in the order of the catalogue.
package enum Suite {
    package static let cases: [Case] = groups.flatMap { $0 }

    private static let groups: [[Case]] = [
        HandshakeServerCases.all,
        HandshakeClientCases.all,
        FramingCases.all,
        MaskingCases.all,
        ClosingCases.all,
        UTF8Cases.all,
        PingPongCases.all,
        ExtensionCases.all,
        DeflateCases.all,
        LimitCases.all,
        MemoryCases.all,
        ClientTrustCases.all,
        TransportCases.all,
        AutobahnCases.all,
    ]
}
