/// The stages of a run on one time axis: nanoseconds since the run's start.
struct Timeline: Sendable {
    struct Stage: Sendable {
        let name: String
        let start: UInt64
        let end: UInt64
        let isRecorded: Bool
        /// The population at the stage's start and end.
        let ramp: RampArrivals
    }

    let stages: [Stage]
    let profile: RateProfile

    init(_ load: ScenarioLoad) {
        var stages: [Stage] = []
        var start: UInt64 = 0
        var population = 0
        for stage in load.stages {
            let length = stage.duration.nanoseconds
            let target: Int
            switch stage.population {
            case .ramp(let connections, _): target = connections
            case .hold: target = population
            }
            stages.append(
                Stage(
                    name: stage.name, start: start, end: start &+ length, isRecorded: stage.isRecorded,
                    ramp: RampArrivals(from: population, to: target, over: length)))
            start = start &+ length
            population = target
        }
        self.stages = stages
        profile = RateProfile(
            load.stages.map { (nanoseconds: $0.duration.nanoseconds, multiplier: $0.messageMultiplier) })
    }

    var end: UInt64 { stages.last?.end ?? 0 }

    /// The largest population of any stage.
    var peak: Int { stages.map { Int(max($0.ramp.from, $0.ramp.to)) }.max() ?? 0 }

    /// The stage at `time`; the last one afterwards.
    func index(at time: UInt64) -> Int {
        stages.firstIndex { time < $0.end } ?? stages.count - 1
    }

    /// How many connections there should be at `time`.
    func population(at time: UInt64) -> Int {
        let stage = stages[index(at: time)]
        return stage.ramp.population(at: time > stage.start ? time - stage.start : 0)
    }
}
