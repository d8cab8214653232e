/// Chooses which message of a pool a client sends next. 16 bytes.
package struct PayloadPicker: Sendable, Hashable {
    private var state: State

    private enum State: Hashable {
        case sequential(UInt64)
        case random(SeededGenerator)
    }

    /// In the pool's order; different clients begin at different messages.
    package static func sequential(client index: Int) -> PayloadPicker {
        PayloadPicker(state: .sequential(UInt64(truncatingIfNeeded: index)))
    }

    package static func random(_ generator: SeededGenerator) -> PayloadPicker {
        PayloadPicker(state: .random(generator))
    }

    /// An index for ``PayloadPool/message(at:)``.
    package mutating func next() -> UInt64 {
        switch state {
        case .sequential(let index):
            state = .sequential(index &+ 1)
            return index
        case .random(var generator):
            defer { state = .random(generator) }
            return generator.next()
        }
    }
}
