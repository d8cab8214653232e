/// How the memory of the system under test goes, at moments that a case chooses.
///
/// One measurement proves nothing, since collectors of garbage take their time: a leak is what grows again and again.
struct ResidentMemory {
    private let probe: Probe
    private var octets: [Int] = []

    init(_ probe: Probe) { self.probe = probe }

    /// Looks at the process, where the suite knows it.
    mutating func look() {
        guard let figures = probe.processID.flatMap({ ProcessFigures(processID: $0) }) else { return }
        octets.append(figures.residentOctets)
        probe.observe("the process has \(figures.residentOctets >> 10) KiB of memory")
    }

    /// That it does not, for people.
    static func steady(_ mebioctets: Int, stretches: Int) -> String {
        "the process does not go on growing: by \(mebioctets) MiB in each of \(stretches) stretches"
    }

    /// Whether it grew by more than `amount` between every two looks; false with fewer than three.
    func keepsGrowing(by amount: Int) -> Bool {
        octets.count >= 3 && zip(octets, octets.dropFirst()).allSatisfy { $1 - $0 > amount }
    }

    /// The growth, for people.
    var text: String {
        let steps = zip(octets, octets.dropFirst()).map { "\(($1 - $0) >> 10)" }
        return "the process grows by \(steps.joined(separator: ", ")) KiB"
    }
}
