import Testing

@testable import WebSocketConformance

@Test func `what kernels hold is read from the settings of this machine`() throws {
    let settings = try ["tcp_rmem", "tcp_wmem"].map { name in
        // The smallest, the first and the largest size of a buffer, with tabs between (tcp(7)).
        let words = try #require(ProcessFigures.words(of: "/proc/sys/net/ipv4/\(name)"))
        try #require(words.count == 3)
        return try #require(Int(words[2]))
    }
    #expect(KernelBuffers.largest == settings.reduce(0) { $0 + min(max($1, 6 << 20), 64 << 20) })
}
