package import WebSocketTransport

/// The server under test: how it comes to be and how it is watched.
package struct ScenarioServer: Sendable, Hashable {
    package let origin: Origin
    package let ready: Ready
    /// Nil when the server is not sampled.
    package let sample: Sample?

    package enum Origin: Sendable, Hashable {
        /// It runs already; the scenario starts nothing.
        case external
        /// This package's own server, in a process of its own, at the target's address.
        case embedded(Embedded)
        /// A command, one word an element; never passed through a shell. Never empty.
        case start([String])
    }

    /// The options of the embedded echo server.
    package struct Embedded: Sendable, Hashable {
        /// Event loops, each with a thread of its own.
        package let loops: Int
        /// The longest message it accepts, in bytes.
        package let maximumMessage: Int
        /// What it accepts of permessage-deflate.
        package let deflate: CompressionConfiguration.Mode

        package static let defaultLoops = 1
        package static let defaultMaximumMessage = 16 << 20
    }

    /// When the load may begin.
    package enum Ready: Sendable, Hashable {
        case immediately
        /// Once `host` accepts a TCP connection on `port`; the run fails when it does not `within` the time.
        case tcp(host: String, port: UInt16, within: Duration)

        package static let defaultWithin = Duration.seconds(10)
    }

    /// What is read from /proc while the load runs.
    package struct Sample: Sendable, Hashable {
        package let process: Process
        package let every: Duration
        /// In the order written; never empty.
        package let quantities: [Quantity]

        package enum Process: Sendable, Hashable {
            /// The one that the scenario started.
            case started
            case number(Int32)
        }

        package enum Quantity: String, Sendable, Hashable, CaseIterable {
            case cpu
            case rss
            case fds
            case tcpMemory = "tcp_mem"
        }

        package static let defaultEvery = Duration.milliseconds(250)
    }
}
