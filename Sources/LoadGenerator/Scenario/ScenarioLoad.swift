/// How many clients of which behaviour there are, over time.
package struct ScenarioLoad: Sendable, Hashable {
    /// Never empty, weights at least 1.
    package let mix: [Share]
    package let connect: Connect
    /// Never empty; names are unique, the first one brings connections.
    package let stages: [Stage]

    package struct Share: Sendable, Hashable {
        /// An index into ``Scenario/behaviours``.
        package let behaviour: Int
        package let weight: Int
    }

    package struct Connect: Sendable, Hashable {
        /// For TCP, TLS and the opening handshake together.
        package let timeout: Duration
        /// How many connections may be in the making at once; more wait, and count as late.
        package let maximumPending: Int

        package static let defaultTimeout = Duration.seconds(10)
        package static let defaultMaximumPending = 500
    }

    package struct Stage: Sendable, Hashable {
        package let name: String
        package let population: Population
        /// False for a warm-up: shown, but in no overall figure.
        package let isRecorded: Bool
        /// Of the rates of all open-loop messages, at least 0.
        package let messageMultiplier: Double

        package var duration: Duration {
            switch population {
            case .ramp(_, let duration), .hold(let duration): duration
            }
        }
    }

    package enum Population: Sendable, Hashable {
        /// Moves linearly to `connections`, up or down.
        case ramp(connections: Int, over: Duration)
        case hold(Duration)
    }

    package static let maximumConnections = 1_000_000

    /// The behaviour of connection `index`, as an index into ``Scenario/behaviours``: any stretch of connections has
    /// the weights of the mix as closely as whole connections allow, and the same connection always the same behaviour.
    package func behaviour(ofConnection index: Int) -> Int {
        let total = mix.reduce(0) { $0 + $1.weight }
        // The sequence's fraction scaled to 0..<total; weights are small, so the sum cannot overflow.
        let point = Int(LowDiscrepancy.choice(index).multipliedFullWidth(by: UInt64(total)).high)
        var upTo = 0
        for share in mix {
            upTo += share.weight
            if point < upTo { return share.behaviour }
        }
        return mix[mix.count - 1].behaviour
    }
}
