/// All cases of Autobahn|Testsuite, 517, in its order.
enum AutobahnCases {
    static let all: [Case] =
        AutobahnSections1to5.all.map(\.asCase) + AutobahnSection6.all.map(\.asCase) + AutobahnSections7to10.all
        + AutobahnSections12And13.all
}
