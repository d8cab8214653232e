import BenchReports
import BenchResults
import FoundationEssentials

/// What is taken for a result can be written, read back as the same, and reported in every form.
struct ResultEntry {
    private let input: [UInt8]

    init(_ input: [UInt8]) { self.input = input }

    func run() throws(BrokenProperty) {
        if input.first == 0 {
            try runHistogram()
        } else {
            try runFile()
        }
    }

    private func runFile() throws(BrokenProperty) {
        guard let result = try? ResultFile.read(input, file: "run.json") else { return }
        // Texts are compared, as NaN is not equal to itself.
        let text = try requireSuccess("no-text-of-result", "written") { try ResultFile.text(of: result) }
        let again = try requireSuccess("no-result-when-written", text) {
            try ResultFile.text(of: ResultFile.read(Array(text.utf8), file: "run.json"))
        }
        try require(again, equals: text, "another-result-when-written", "read back")
        try require(!HTMLReport.render(result).isEmpty, "empty-page")
        try require(!MarkdownReport.render(result).isEmpty, "empty-markdown")
        try require(!Summary.text(result, style: .plain).isEmpty, "empty-summary")
        for stage in result.stages {
            for histogram in stage.latencies.values { try requireSound(histogram) }
        }
    }

    private func runHistogram() throws(BrokenProperty) {
        let words = stride(from: 1, to: input.count - 7, by: 8).map { start in
            input[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        guard let histogram = decode("{\"buckets\":\(words)}") else { return }
        try requireSound(histogram)
        let text = try requireSuccess("no-text-of-histogram", "\(words)") {
            String(decoding: try JSONEncoder().encode(histogram), as: UTF8.self)
        }
        guard let copy = decode(text) else { throw BrokenProperty(name: "no-histogram-when-written", detail: text) }
        try require(copy == histogram, "another-histogram-when-written", text)
    }

    private func decode(_ text: String) -> LatencyHistogram? {
        try? JSONDecoder().decode(LatencyHistogram.self, from: Data(text.utf8))
    }

    private func requireSound(_ histogram: LatencyHistogram) throws(BrokenProperty) {
        let counted = histogram.buckets.reduce(UInt64(0)) { $0 + $1.count }
        try require(counted, equals: histogram.count, "buckets-miss-values", "the sum of all buckets")
        var last = UInt64(0)
        for percent in [0, 50, 99, 99.999, 100] as [Double] {
            let value = histogram.percentile(percent)
            try require(value >= last, "percentiles-fall", "\(percent) % at \(value), less before at \(last)")
            last = value
        }
        let ends = Double(histogram.min)...Double(histogram.max)
        try require(ends.contains(histogram.mean), "mean-outside", "\(histogram.mean) of \(ends)")
    }
}
