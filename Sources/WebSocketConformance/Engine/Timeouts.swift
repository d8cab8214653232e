/// How long things may take, in nanoseconds, already multiplied by `--timeout-multiplier`.
package struct Timeouts: Sendable {
    package var multiplier: Double

    package init(multiplier: Double = 1) { self.multiplier = multiplier }

    private func seconds(_ seconds: Double) -> UInt64 { UInt64(max(0.001, seconds * multiplier) * 1e9) }

    /// T of the catalogue: for an answer, and for the end of a connection that has to end; counted from the last octet.
    package var answer: UInt64 { seconds(2) }
    /// For TCP, TLS and the opening handshake.
    package var opening: UInt64 { seconds(5) }
    /// For the whole of a case of `patience`, however slowly octets come.
    package func whole(patience: Int) -> UInt64 { seconds(10 * Double(max(1, patience))) }
}
