package import BenchResults

/// Found when planned-time and actual-time latencies tell different stories, and says why.
///
/// Messages that wait for their turn behind a stalled server are missing from the actual-time figure
/// ("coordinated omission"): its clock starts only when a message leaves.
package struct CoordinatedOmission: Sendable, Equatable {
    package let latency: String
    /// The stage in which the gap is; nil when it is there in all recorded stages together.
    package let stage: String?
    /// 99th percentiles, in nanoseconds.
    package let planned: UInt64
    package let actual: UInt64
    package let explanation: String

    /// Smaller gaps are noise to a user: more than twice, and more than 10 ms.
    private static func isNotable(planned: UInt64, actual: UInt64) -> Bool {
        planned > actual && planned - actual > 10_000_000 && Double(planned) > 2 * Double(actual)
    }

    /// The widest notable gap of the run: overall if there is one, else the stage where it is widest.
    package static func find(in overview: RunOverview) -> CoordinatedOmission? {
        let overall = overview.latencyFamilies.compactMap { gap($0, in: overview.latencies, stage: nil, overview) }
        if let widest = overall.max(by: { $0.width < $1.width }) { return widest }
        let staged = overview.recordedStages.flatMap { stage in
            overview.latencyFamilies.compactMap { gap($0, in: stage.latencies, stage: stage.name, overview) }
        }
        return staged.max { $0.width < $1.width }
    }

    private static func gap(
        _ name: String, in latencies: [String: LatencyHistogram], stage: String?, _ overview: RunOverview
    ) -> CoordinatedOmission? {
        guard let planned = latencies[name], let actual = latencies[MetricName.actual(name)],
            !planned.isEmpty, !actual.isEmpty
        else { return nil }
        let (plannedP99, actualP99) = (planned.percentile(99), actual.percentile(99))
        guard isNotable(planned: plannedP99, actual: actualP99) else { return nil }
        return CoordinatedOmission(
            latency: name, stage: stage, planned: plannedP99, actual: actualP99,
            late: overview.total(MetricName.messagesLate),
            lag: (latencies[MetricName.generatorLag] ?? overview.latencies[MetricName.generatorLag])?.percentile(99))
    }

    private var width: UInt64 { planned - actual }

    private init(
        latency: String, stage: String?, planned: UInt64, actual: UInt64, late: UInt64, lag: UInt64?
    ) {
        self.latency = latency
        self.stage = stage
        self.planned = planned
        self.actual = actual
        let place = stage.map { "In stage \($0), 99 %" } ?? "99 %"
        let facts =
            "\(place) of the `\(latency)` answers arrived within \(QuantityText.duration(nanoseconds: planned)) of the "
            + "time their message was planned for, and within \(QuantityText.duration(nanoseconds: actual)) of the "
            + "moment it was really written. The difference is waiting. "
        if let lag, lag > (planned - actual) / 2 {
            explanation =
                facts + "Here the generator itself wrote messages late (generator.lag p99 "
                + "\(QuantityText.duration(nanoseconds: lag))): do not charge the gap to the server before the "
                + "generator has room to spare."
        } else {
            let held =
                late > 0
                ? "\(QuantityText.exact(late)) messages that were due were held back until earlier answers came "
                    + "(`max_in_flight`). "
                : "Messages that were due had to wait for their turn. "
            explanation =
                facts + held
                + "The actual-time figure hides that wait, because its clock starts only when a message leaves: this "
                + "is called coordinated omission. The planned-time figure includes it and is what users feel."
        }
    }
}
