/// Limits, robustness, resources (RFC 6455 §10.4, §10.7).
enum LimitCases {
    static let all: [Case] = MessageLimitCases.all + LoadCases.all + RandomInputCases.all + ThroughputCases.all
}
