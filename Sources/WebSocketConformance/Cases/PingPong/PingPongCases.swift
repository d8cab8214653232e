import BenchResults

/// Ping and pong (RFC 6455 §5.5.2, §5.5.3).
enum PingPongCases {
    static let all: [Case] = PingCases.all + PingFloodCases.all + KeepAliveCases.all
}
