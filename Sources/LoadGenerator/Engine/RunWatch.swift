import BenchResults
import CLinux
import Glibc
import Reactor
import WebSocketTransport

/// Watches a run: samples server and generator a few times a second, keeps the series, and tells when to give up.
struct RunWatch: Sendable {
    /// Everything known at one moment.
    private struct Moment: Sendable {
        /// Nanoseconds since the run's start.
        var time: UInt64
        var open = 0
        var server = ProcessSample()
        var tcpMemory: UInt64?
        var generator = ProcessSample()
        /// Processor time of each generator loop, and when it was read; a busy loop answers late. Nanoseconds.
        var loops: [(cpu: UInt64, time: UInt64)] = []
        var sent: UInt64 = 0
        var received: UInt64 = 0
        var errors: UInt64 = 0
    }

    private let scenario: Scenario
    private let timeline: Timeline
    private let metrics: MetricTable
    private let shards: [Shard]
    private let server: ServerUnderTest
    private let serverSampler: ProcessSampler?
    private let ownSampler = ProcessSampler(pid: getpid())
    private let samplesTCPMemory: Bool
    private let shown: [String]
    /// Time between samples, in nanoseconds.
    private let interval: UInt64
    private(set) var start: UInt64 = 0
    private var moments: [Moment] = []
    /// One for each shard, never the one that the shard records into.
    private(set) var spare: [IntervalHistograms]
    private(set) var series = RunResult.Series()
    private var columns: [String: Int] = [:]
    /// Why going on makes no sense; nil while it does.
    private(set) var reasonToGiveUp: String?

    init(
        scenario: Scenario, timeline: Timeline, metrics: MetricTable, server: ServerUnderTest, shards: [Shard]
    ) {
        self.scenario = scenario
        self.timeline = timeline
        self.metrics = metrics
        self.shards = shards
        self.server = server
        let sample = scenario.server.sample
        serverSampler = sample == nil ? nil : server.pid.map { ProcessSampler(pid: $0) }
        samplesTCPMemory = sample?.quantities.contains(.tcpMemory) ?? false
        interval = max(50_000_000, sample?.every.nanoseconds ?? 250_000_000)
        spare = shards.map { _ in IntervalHistograms(count: metrics.latencies.count) }
        shown = metrics.latencies.filter { !$0.hasPrefix("connect.") && $0 != MetricName.generatorLag }
    }

    mutating func begin(at start: UInt64) async {
        self.start = start
        recycle(await observe(at: 0))
    }

    /// When the next sample is due, in nanoseconds since the start: on a grid, so that intervals are of one length
    /// whatever a sample takes, and at the end of each stage, so that stages do not share samples.
    func nextSample(after time: UInt64) -> UInt64 {
        let grid = (time / interval + 1) * interval
        let stageEnd = timeline.stages.first { $0.end > time }?.end ?? timeline.end
        return min(grid, stageEnd)
    }

    /// Takes a sample and gives the picture of the moment.
    mutating func tick(now: UInt64) async -> LiveSnapshot {
        let time = now > start ? now - start : 0
        let snapshots = await observe(at: time)
        let latencies = merged(snapshots)
        appendSeries(latencies)
        judgeTarget(snapshots, at: time)
        let picture = picture(at: time, snapshots, latencies)
        recycle(snapshots)
        return picture
    }

    /// Takes the last sample, when everything has ended.
    mutating func finish(now: UInt64) async {
        let snapshots = await observe(at: now > start ? now - start : 0)
        judgeEnd(snapshots)
        recycle(snapshots)
    }

    /// What a shard handed out is what it gets back at the next observation; both are never in use at once.
    private mutating func recycle(_ snapshots: [Shard.Snapshot]) {
        for (index, snapshot) in snapshots.enumerated() {
            snapshot.interval.reset()
            spare[index] = snapshot.interval
        }
    }

    private mutating func observe(at time: UInt64) async -> [Shard.Snapshot] {
        var snapshots: [Shard.Snapshot] = []
        for (index, shard) in shards.enumerated() {
            let empty = spare[index]
            snapshots.append(await shard.onLoop { $0.snapshot(replacing: empty) })
        }
        var moment = Moment(time: time)
        moment.open = snapshots.reduce(0) { $0 + $1.open }
        moment.sent = snapshots.reduce(0) { $0 + $1.sent }
        moment.received = snapshots.reduce(0) { $0 + $1.received }
        moment.errors = snapshots.reduce(0) { $0 + $1.errors }
        moment.loops = snapshots.map { ($0.threadCPU, $0.time) }
        if let serverSampler { moment.server = serverSampler.sample() }
        moment.generator = ownSampler.sample()
        moment.tcpMemory = samplesTCPMemory ? kernelTCPMemory() : nil
        moments.append(moment)
        server.log?.trim()
        return snapshots
    }

    // MARK: - Giving up

    private mutating func judgeTarget(_ snapshots: [Shard.Snapshot], at time: UInt64) {
        let opened = snapshots.reduce(0) { $0 + $1.opened }
        let failed = snapshots.reduce(0) { $0 + $1.failedAttempts }
        let lost = snapshots.reduce(0) { $0 + $1.lost }
        let pending = snapshots.reduce(0) { $0 + $1.pending }
        let open = snapshots.reduce(0) { $0 + $1.open }
        // A single failure of many is a result, not the end; ten of them, or all there are, leave no doubt.
        let enough = min(10, timeline.peak)
        if server.hasEnded {
            let output = server.log?.tail ?? ""
            reasonToGiveUp = "The server died during the run" + (output.isEmpty ? "." : output)
        } else if opened == 0 && pending == 0 && failed >= enough && failed > 0 {
            reasonToGiveUp = "The target could not be reached: none of \(failed) connections was opened."
        } else if opened > 0 && open == 0 && pending == 0 && failed + lost >= enough
            && timeline.population(at: time) > 0
        {
            reasonToGiveUp = "The target was lost: every connection ended, and no new one was opened."
        }
    }

    /// A load that is over without one connection reached nobody, for example because every attempt still waits.
    private mutating func judgeEnd(_ snapshots: [Shard.Snapshot]) {
        guard reasonToGiveUp == nil, timeline.peak > 0, snapshots.allSatisfy({ $0.opened == 0 }) else { return }
        reasonToGiveUp = "The target could not be reached: no connection was opened until the end of the load."
    }

    // MARK: - Series

    private func merged(_ snapshots: [Shard.Snapshot]) -> [LatencyHistogram] {
        metrics.latencies.indices.map { position in
            var histogram = LatencyHistogram()
            for snapshot in snapshots { histogram.add(snapshot.interval.histograms[position]) }
            return histogram
        }
    }

    private mutating func appendSeries(_ latencies: [LatencyHistogram]) {
        guard moments.count > 1 else { return }
        let before = moments[moments.count - 2]
        let now = moments[moments.count - 1]
        let seconds = Double(now.time - before.time) / 1e9
        guard seconds > 0 else { return }
        series.times.append(Double(now.time) / 1e9)
        append(MetricName.connections, "1", Double(now.open))
        append(MetricName.rate(MetricName.messagesSent), "1/s", Double(now.sent - before.sent) / seconds)
        append(MetricName.rate(MetricName.messagesReceived), "1/s", Double(now.received - before.received) / seconds)
        for (position, name) in metrics.latencies.enumerated() {
            let histogram = latencies[position]
            let p50 = histogram.isEmpty ? nil : Double(histogram.percentile(50)) / 1e9
            let p99 = histogram.isEmpty ? nil : Double(histogram.percentile(99)) / 1e9
            if shown.contains(name) {
                append(MetricName.p50(name), "s", p50)
                append(MetricName.p99(name), "s", p99)
            } else if name == MetricName.generatorLag {
                append(MetricName.p99(name), "s", p99)
            }
        }
        if serverSampler != nil {
            append(MetricName.serverCPU, "cores", Self.rate(before.server.cpu, now.server.cpu, seconds))
            append(MetricName.serverRSS, "B", now.server.rss.map { Double($0) })
            append(MetricName.serverDescriptors, "1", now.server.descriptors.map { Double($0) })
        }
        if samplesTCPMemory { append(MetricName.serverTCPMemory, "B", now.tcpMemory.map { Double($0) }) }
        append(MetricName.generatorCPU, "ratio", Self.busiestLoop(before, now))
        append(MetricName.generatorRSS, "B", now.generator.rss.map { Double($0) })
        append(MetricName.errorsRate, "1/s", Double(now.errors - before.errors) / seconds)
    }

    private mutating func append(_ name: String, _ unit: String, _ value: Double?) {
        let column: Int
        if let known = columns[name] {
            column = known
        } else {
            column = series.columns.count
            columns[name] = column
            let missing = Array<Double?>(repeating: nil, count: series.times.count - 1)
            series.columns.append(RunResult.Series.Column(name: name, unit: unit, values: missing))
        }
        series.columns[column].values.append(value)
    }

    private static func rate(_ before: UInt64?, _ now: UInt64?, _ seconds: Double) -> Double? {
        guard let before, let now, now >= before, seconds > 0 else { return nil }
        return Double(now - before) / 1e9 / seconds
    }

    /// The share of the time that the busiest loop was busy: one saturated loop is enough to spoil a measurement.
    private static func busiestLoop(_ before: Moment, _ now: Moment) -> Double? {
        zip(before.loops, now.loops).compactMap { before, now in
            now.time > before.time ? rate(before.cpu, now.cpu, Double(now.time - before.time) / 1e9) : nil
        }.max()
    }

    // MARK: - The live picture

    private func picture(
        at time: UInt64, _ snapshots: [Shard.Snapshot], _ latencies: [LatencyHistogram]
    ) -> LiveSnapshot {
        var picture = LiveSnapshot(scenario: scenario.name, target: scenario.target.url.description)
        picture.elapsed = Double(time) / 1e9
        picture.stages = timeline.stages.map { .init(name: $0.name, duration: Double($0.end - $0.start) / 1e9) }
        picture.stageIndex = time < timeline.end ? timeline.index(at: time) : nil
        picture.connections = UInt64(moments.last?.open ?? 0)
        picture.connectionsTarget = UInt64(timeline.population(at: time))
        picture.connecting = UInt64(snapshots.reduce(0) { $0 + $1.pending })
        picture.errors = moments.last?.errors ?? 0
        picture.latencyName = metrics.main
        if let position = metrics.position(of: metrics.main), !latencies[position].isEmpty {
            picture.p50 = latencies[position].percentile(50)
            picture.p99 = latencies[position].percentile(99)
        }
        picture.sentRate = lastValue(MetricName.rate(MetricName.messagesSent)) ?? 0
        picture.receivedRate = lastValue(MetricName.rate(MetricName.messagesReceived)) ?? 0
        if serverSampler != nil {
            picture.server = .init(
                cpu: lastValue(MetricName.serverCPU), rss: lastValue(MetricName.serverRSS),
                descriptors: moments.last?.server.descriptors)
        }
        let lag = latencies[metrics.generatorLag]
        picture.generator = .init(
            cpu: lastValue(MetricName.generatorCPU), lagP99: lag.isEmpty ? nil : lag.percentile(99))
        if let column = columns[MetricName.rate(MetricName.messagesReceived)] {
            picture.throughputHistory = series.columns[column].values.suffix(60).map { $0 ?? 0 }
        }
        return picture
    }

    private func lastValue(_ name: String) -> Double? {
        columns[name].flatMap { series.columns[$0].values.last ?? nil }
    }

    // MARK: - Stages

    /// The stages that began before `end`, with what was counted and sampled in them.
    func stages(_ reports: [ShardReport], end: UInt64) -> [RunResult.Stage] {
        let length = end > start ? end - start : 0
        return timeline.stages.enumerated().compactMap { index, planned in
            guard planned.start < length || index == 0 else { return nil }
            var row = ShardReport.Stage()
            for report in reports { row.add(report.stages[index]) }
            let stageEnd = min(planned.end, length)
            var stage = RunResult.Stage(
                name: planned.name, start: Double(planned.start) / 1e9, end: Double(stageEnd) / 1e9,
                recorded: planned.isRecorded, counters: row.counters, latencies: row.latencies)
            stage.values = values(of: row, from: planned.start, to: stageEnd)
            return stage
        }
    }

    private func values(of row: ShardReport.Stage, from: UInt64, to: UInt64) -> [String: Double] {
        var values: [String: Double] = [:]
        let seconds = Double(to > from ? to - from : 0) / 1e9
        let inside = Self.window(moments.map(\.time), from: from, to: to).map { moments[$0] } ?? []
        let received = row.counters[MetricName.messagesReceived] ?? 0
        let sent = row.counters[MetricName.messagesSent] ?? 0
        if seconds > 0 {
            values[MetricName.rate(MetricName.messagesSent)] = Double(sent) / seconds
            values[MetricName.rate(MetricName.messagesReceived)] = Double(received) / seconds
        }
        let errors = row.counters.filter { $0.key.hasPrefix(MetricName.errorsPrefix) }.reduce(0) { $0 + $1.value }
        let attempts = (row.counters[MetricName.connectionsOpened] ?? 0) + sent
        values[MetricName.errorsRate] = Double(errors) / Double(max(1, attempts))
        values[MetricName.generatorDrops] = Double(row.counters[MetricName.generatorDrops] ?? 0)
        guard let first = inside.first, let last = inside.last else { return values }
        values[MetricName.connections] = Double(last.open)
        values[MetricName.connectionsPeak] = Double(inside.map(\.open).max() ?? 0)
        values[MetricName.generatorCPU] = Self.busiestLoop(first, last)
        values[MetricName.generatorRSS] = last.generator.rss.map { Double($0) }
        let sampled = Double(last.time - first.time) / 1e9
        if let cores = Self.rate(first.server.cpu, last.server.cpu, sampled) {
            values[MetricName.serverCPU] = cores
            let messages = last.received - first.received
            if messages > 0 { values[MetricName.serverCPUPerMessage] = cores * sampled / Double(messages) }
        }
        values[MetricName.serverRSS] = last.server.rss.map { Double($0) }
        values[MetricName.serverDescriptors] = last.server.descriptors.map { Double($0) }
        values[MetricName.serverTCPMemory] = last.tcpMemory.map { Double($0) }
        let before = moments.filter { $0.time <= to }
        values[MetricName.serverRSSPerConnection] = MemorySlope.bytesPerConnection(
            before.map { (connections: $0.open, bytes: $0.server.rss) })
        values[MetricName.generatorRSSPerConnection] = MemorySlope.bytesPerConnection(
            before.map { (connections: $0.open, bytes: $0.generator.rss) })
        return values
    }

    /// The samples that tell of a stage: from the first one at or after its start to the first one at or after its end,
    /// since a sample is always a little later than it was due. Nil when there is none.
    static func window(_ times: [UInt64], from: UInt64, to: UInt64) -> ClosedRange<Int>? {
        guard let first = times.firstIndex(where: { $0 >= from }) else { return nil }
        let last = times[first...].firstIndex { $0 >= to } ?? times.count - 1
        return first...last
    }
}

/// Seconds since 1970.
func wallClockSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
