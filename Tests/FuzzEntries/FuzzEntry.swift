/// A reader of untrusted octets, with what must hold for any of them.
///
/// Beside the named properties each entry has three that need no code: it does not trap, it ends in time, and it gives
/// back its memory.
package enum FuzzEntry: String, CaseIterable, Sendable {
    /// `MessageReader`. The first octet chooses the reader: bit 0 the client's role, bit 1 RSV1 allowed, bit 2 limits of
    /// 100 octets and 4 fragments.
    case frames = "Frames"
    /// `ServerHandshake` and `ClientHandshake`, both with every input.
    case handshake = "Handshake"
    /// The list of a Sec-WebSocket-Extensions header, as offers and as an answer, and `DeflateNegotiation`. The first octet
    /// chooses what our side prefers; lines are header lines.
    case extensions = "Extensions"
    /// `Inflater`, and `Deflater` with what came out. The first octet chooses window, context, kind and limits; each
    /// message is led by an octet with its length, of which 255 means all that follows.
    case inflate = "Inflate"
    /// `WebSocketURL`.
    case url = "URL"
    /// `ScenarioReader`, and the plan of what it reads.
    case scenario = "Scenario"
    /// `ResultFile`, and every report of what it reads. After a NUL: pairs of value and count for `LatencyHistogram`.
    case result = "Result"

    /// The folder of its corpus in `Tests/Fixtures/Fuzz`.
    package var folder: String { rawValue }

    /// Tries every property on `input`.
    package func run(_ input: [UInt8]) throws(BrokenProperty) {
        switch self {
        case .frames: try FramesEntry(input).run()
        case .handshake: try HandshakeEntry(input).run()
        case .extensions: try ExtensionsEntry(input).run()
        case .inflate: try InflateEntry(input).run()
        case .url: try URLEntry(input).run()
        case .scenario: try ScenarioEntry(input).run()
        case .result: try ResultEntry(input).run()
        }
    }
}

/// What does not hold for an input.
package struct BrokenProperty: Error, CustomStringConvertible {
    /// A few words joined by hyphens: the name of the file that the input becomes.
    package let name: String
    /// What was expected and what was there instead.
    package let detail: String

    package var description: String { "\(name): \(detail)" }
}

/// Throws unless `holds`.
func require(
    _ holds: Bool, _ name: String, _ detail: @autoclosure () -> String = ""
) throws(BrokenProperty) {
    if !holds { throw BrokenProperty(name: name, detail: detail()) }
}

/// Throws unless both are the same.
func require<Value: Equatable>(
    _ actual: Value, equals expected: Value, _ name: String, _ circumstance: @autoclosure () -> String
) throws(BrokenProperty) {
    if actual != expected {
        throw BrokenProperty(name: name, detail: "\(circumstance()): got \(actual), expected \(expected)")
    }
}

/// What `body` returns; its error is a broken property.
func requireSuccess<Value: ~Copyable>(
    _ name: String, _ circumstance: @autoclosure () -> String, _ body: () throws -> Value
) throws(BrokenProperty) -> Value {
    do {
        return try body()
    } catch {
        throw BrokenProperty(name: name, detail: "\(circumstance()): \(error)")
    }
}

/// Throws if a message about the peer's text could act on the terminal or log that shows it.
func requireVisible(_ message: String) throws(BrokenProperty) {
    let isVisible = message.unicodeScalars.allSatisfy {
        switch $0.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
    try require(isVisible, "message-with-control-characters", message)
}
