/// All cases, in the order of the catalogue.
package enum Suite {
    package static let cases: [Case] = groups.flatMap { $0 }

    private static let groups: [[Case]] = [
        FramingCases.all, AutobahnCases.all,
    ]
}
