/// What the templates show, by the names they use.
///
/// Properties named in `{{{…}}}` hold HTML made by ``HTMLText``; all others are plain text, escaped on rendering.
struct PageModel {
    struct Fact {
        var label: String
        /// HTML.
        var value: String
    }

    struct Figure {
        var label: String
        var value: String
        var note: String
    }

    struct Budget {
        var tone: String
        var result: String
        var condition: String
        var measured: String
    }

    struct Row {
        var label: String
        var note: String?
        var cells: [String]
    }

    struct Latency {
        var name: String
        var note: String
        var cells: [String]
    }

    struct Health {
        var label: String
        var value: String
        var note: String
    }

    struct Memory {
        var value: String
        /// HTML.
        var explanation: String
    }

    struct ErrorRow {
        var kind: String
        var count: String
        var example: String
    }

    var tool: String
    var style = PageStyle.css
    var script = PageScript.javascript

    // Opening.
    var scenario: String
    var date: String
    var length: String
    var question: String?
    var tone: String
    var sign: String
    var headline: String
    var reason: String
    var facts: [Fact]

    var figures: [Figure]
    var remarks: [String]
    var hasRemarks: Bool

    var thresholdsLead: String
    var thresholds: [Budget]
    var hasThresholds: Bool

    var throughput: [ChartModel]
    var hasThroughput: Bool

    var latencyLead: String
    var omission: String?
    var latencies: [Latency]
    var latency: [ChartModel]
    var hasLatency: Bool

    var serverLead: String
    var memory: Memory?
    var server: [ChartModel]
    var hasServer: Bool

    var trust: String
    var trustTone: String
    var health: [Health]
    var hasHealth: Bool
    var validity: [Budget]
    var hasValidity: Bool
    var generator: [ChartModel]

    var stageColumns: [String]
    var stages: [Row]
    var hasStages: Bool

    var errors: [ErrorRow]
    var hasErrors: Bool
    var closes: String
    var hasCloses: Bool
    var steps: [String]
    var hasSteps: Bool

    var command: String
    var machine: [Fact]
    var scenarioText: String?
}
