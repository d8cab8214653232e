/// All cases, in the order of the catalogue.
package enum Suite {
    package static let cases: [Case] = groups.flatMap { $0 }

    private static let groups: [[Case]] = [
        HandshakeClientCases.all,
        FramingCases.all,
        ClosingCases.all,
        UTF8Cases.all,
        ClientTrustCases.all,
        AutobahnCases.all,
    ]
}
