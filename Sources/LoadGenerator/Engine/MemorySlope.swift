/// What one connection costs a process: the slope of the least-squares line through (connections, memory) while the
/// population grows.
///
/// A division at one point would spread the process's fixed cost over its connections. The first tenth of the
/// population (at most a thousand) is left out: there the process still warms up.
enum MemorySlope {
    /// Fewer connections than this between the first and the last sample say more of pages than of connections.
    private static let leastGrowth = 100.0

    /// - Parameter samples: in the order of time; `bytes` is nil where it could not be read.
    /// - Returns: nil when fewer than three samples, or too little growth, are left.
    static func bytesPerConnection(_ samples: [(connections: Int, bytes: UInt64?)]) -> Double? {
        let peak = samples.map(\.connections).max() ?? 0
        let least = min(1000, peak / 10)
        var points: [(connections: Double, bytes: Double)] = []
        var highest = -1
        for sample in samples where sample.connections >= least && sample.connections > highest {
            highest = sample.connections
            if let bytes = sample.bytes { points.append((Double(sample.connections), Double(bytes))) }
        }
        guard points.count >= 3, let first = points.first, let last = points.last,
            last.connections - first.connections >= leastGrowth
        else { return nil }
        return slope(points)
    }

    private static func slope(_ points: [(connections: Double, bytes: Double)]) -> Double? {
        let count = Double(points.count)
        let meanConnections = points.reduce(0) { $0 + $1.connections } / count
        let meanBytes = points.reduce(0) { $0 + $1.bytes } / count
        var covariance = 0.0
        var variance = 0.0
        for point in points {
            let distance = point.connections - meanConnections
            covariance += distance * (point.bytes - meanBytes)
            variance += distance * distance
        }
        return variance > 0 ? covariance / variance : nil
    }
}
