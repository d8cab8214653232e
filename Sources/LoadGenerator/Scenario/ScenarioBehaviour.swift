/// What one client does while it is connected. Everything in it happens at the same time; with nothing in it the
/// client only stays.
package struct ScenarioBehaviour: Sendable, Hashable {
    package let name: String
    package let send: Send?
    /// Only together with `send`.
    package let expect: Expect?
    package let ping: Ping?

    package struct Send: Sendable, Hashable {
        /// An index into ``Scenario/payloads``.
        package let payload: Int
        package let drive: Drive
    }

    package enum Drive: Sendable, Hashable {
        /// Messages leave at planned times. Beyond `maximumInFlight` unanswered ones they wait, and count as late.
        case open(perSecond: Double, process: ArrivalProcess, maximumInFlight: Int)
        /// A reply triggers the next message.
        case closed(inFlight: Int)

        package static let defaultMaximumInFlight = 128

        package var isOpen: Bool {
            switch self {
            case .open: true
            case .closed: false
            }
        }
    }

    package struct Expect: Sendable, Hashable {
        package let reply: Reply
        /// A reply later than this is an error of its own kind.
        package let within: Duration
        /// The metric: `name` counts from the planned time, `name.actual` from the write.
        package let name: String

        package enum Reply: String, Sendable, Hashable, CaseIterable {
            /// The same bytes, and the same type of message.
            case identical
        }

        package static let defaultWithin = Duration.seconds(5)
        package static let defaultName = "rtt"
    }

    package struct Ping: Sendable, Hashable {
        package let every: Duration
        package let within: Duration
        package let name: String

        package static let defaultWithin = Duration.seconds(10)
        package static let defaultName = "ping"
    }
}
