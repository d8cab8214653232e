/// Bends time so that one schedule serves stages with different message rates (`messages: x4`).
///
/// A client's arrivals are planned on a nominal clock that runs `multiplier` times as fast as the real one. Four times
/// the rate is then the same even or Poisson process, four times as fast, and phases survive a change of stage.
package struct RateProfile: Sendable, Hashable {
    /// Segments in order, without gaps, beginning at 0.
    private let segments: [Segment]

    private struct Segment: Hashable {
        let realStart: Double
        let nominalStart: Double
        let multiplier: Double
        let realEnd: Double

        var nominalEnd: Double { nominalStart + (realEnd - realStart) * multiplier }
    }

    /// - Parameter stages: how long each lasts in nanoseconds, and the multiplier of the message rate, at least 0.
    package init(_ stages: [(nanoseconds: UInt64, multiplier: Double)]) {
        var segments: [Segment] = []
        for stage in stages where stage.nanoseconds > 0 {
            precondition(stage.multiplier >= 0 && stage.multiplier.isFinite, "a multiplier is not negative")
            let start = segments.last.map { ($0.realEnd, $0.nominalEnd) } ?? (0, 0)
            segments.append(
                Segment(
                    realStart: start.0, nominalStart: start.1, multiplier: stage.multiplier,
                    realEnd: start.0 + Double(stage.nanoseconds)))
        }
        self.segments = segments
    }

    /// What the nominal clock shows at `real` nanoseconds after the run's start. It stands still after the last stage.
    package func nominal(at real: UInt64) -> UInt64 {
        let real = Double(real)
        guard let segment = segments.last(where: { $0.realStart <= real }) else { return 0 }
        return UInt64(
            clamping: segment.nominalStart + (min(real, segment.realEnd) - segment.realStart) * segment.multiplier)
    }

    /// When the nominal clock shows `nominal`, in nanoseconds after the run's start; nil when the run ends before.
    ///
    /// While a multiplier is 0 the clock stands: what would be planned then waits for the next stage.
    package func real(at nominal: UInt64) -> UInt64? {
        let nominal = Double(nominal)
        guard let segment = segments.first(where: { nominal < $0.nominalEnd }) else { return nil }
        return UInt64(clamping: segment.realStart + (nominal - segment.nominalStart) / segment.multiplier)
    }
}
