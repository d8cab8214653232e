import Testing

@testable import WebSocketProtocol

/// The text of a request or response, whose first line and headers rows of a table change.
struct MessageText: Sendable {
    var startLine: String
    var headers: [String]
    var lineEnd = "\r\n"

    /// A minimal valid request, with the key of RFC 6455 §1.3.
    static let request = MessageText(
        startLine: "GET /chat HTTP/1.1",
        headers: [
            "Host: server.example.com", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        ])

    /// An ordinary request.
    static let plainRequest = MessageText(
        startLine: "GET /health HTTP/1.1", headers: ["Host: server.example.com"])

    /// A minimal valid answer to `sampleKeyBytes`.
    static let response = MessageText(
        startLine: "HTTP/1.1 101 Switching Protocols",
        headers: [
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        ])

    func startLine(_ line: String) -> Self { changed { $0.startLine = line } }
    func lineEnd(_ end: String) -> Self { changed { $0.lineEnd = end } }
    func adding(_ lines: String...) -> Self { changed { $0.headers += lines } }
    func without(_ name: String) -> Self { changed { $0.headers.removeAll { Self.name($0) == name } } }
    /// Replaces the header of the same name, where it is.
    func with(_ line: String) -> Self {
        changed { $0.headers = $0.headers.map { Self.name($0) == Self.name(line) ? line : $0 } }
    }
    func mapHeaders(_ change: (String) -> String) -> Self { changed { $0.headers = $0.headers.map(change) } }

    private func changed(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    private static func name(_ line: String) -> Substring { line.prefix { $0 != ":" } }

    var octets: [UInt8] { latin1(([startLine] + headers + ["", ""]).joined(separator: lineEnd)) }
}

/// "the sample nonce", whose base64 is the key of RFC 6455 §1.3.
let sampleKeyBytes: (UInt64, UInt64) = (0x7468_6520_7361_6D70, 0x6C65_206E_6F6E_6365)

/// One octet for each character up to U+00FF, UTF-8 for others.
func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.flatMap { $0.value < 256 ? [UInt8($0.value)] : Array(String($0).utf8) }
}

func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

/// What a handshake said about octets, in a form that can be compared.
struct HandshakeRun: Equatable {
    var consumed = 0
    var outcome = "needMore"
}

/// Gives octets to a new server handshake in pieces, until it says something definite.
func runServer(_ pieces: [ArraySlice<UInt8>], limits: HandshakeLimits = HandshakeLimits()) -> HandshakeRun {
    var handshake = ServerHandshake(limits: limits)
    var run = HandshakeRun()
    for piece in pieces {
        let (consumed, outcome) = piece.withUnsafeBytes { handshake.receive($0) }
        run.consumed += consumed
        switch outcome {
        case .needMore: continue
        case .upgrade(let request): run.outcome = summary(request)
        case .request(let request, let isLast):
            run.outcome = "request \(request.method) \(request.rawTarget)" + (isLast ? " last" : "")
        case .refuse(let refusal):
            // How much of what is refused counts as consumed depends on where it was cut.
            run.consumed = 0
            run.outcome = "refuse \(refusal) \(refusal.headers.map { "\($0.name)=\($0.value)" })"
        }
        break
    }
    return run
}

func summary(_ request: UpgradeRequest) -> String {
    """
    upgrade \(request.rawTarget) path \(request.path) query \(request.query ?? "nil") host \(request.host) \
    origin \(request.origin ?? "nil") subprotocols \(request.subprotocols) extensions \(request.extensions) \
    key \(request.key) headers \(request.headers.count)
    """
}

/// Gives octets to a new client handshake in pieces, until it says something definite.
func runClient(
    _ pieces: [ArraySlice<UInt8>], subprotocols: [String] = [], extensions: [WebSocketExtension] = [],
    limits: HandshakeLimits = HandshakeLimits()
) throws -> HandshakeRun {
    var handshake = try ClientHandshake(
        url: WebSocketURL("ws://server.example.com/chat"), subprotocols: subprotocols, extensions: extensions,
        keyBytes: sampleKeyBytes, limits: limits)
    var run = HandshakeRun()
    for piece in pieces {
        let (consumed, outcome) = piece.withUnsafeBytes { handshake.receive($0) }
        run.consumed += consumed
        switch outcome {
        case .needMore: continue
        case .open(let response):
            run.outcome =
                "open \(response.status) subprotocol \(response.subprotocol ?? "nil") extensions \(response.extensions)"
        case .failed(let error):
            run.consumed = 0
            run.outcome = "failed \(error)"
        }
        break
    }
    return run
}

/// Runs `octets` whole, byte by byte and, unless there are too many, cut in two everywhere; all must say the same.
func runEveryWay(
    _ octets: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
    _ run: ([ArraySlice<UInt8>]) throws -> HandshakeRun
) rethrows -> HandshakeRun {
    let whole = try run([octets[...]])
    let byteByByte = try run(octets.indices.map { octets[$0...$0] })
    #expect(byteByByte == whole, "byte by byte", sourceLocation: sourceLocation)
    if octets.count <= 1500 {
        for cut in octets.indices {
            let inTwo = try run([octets[..<cut], octets[cut...]])
            #expect(inTwo == whole, "cut at \(cut)", sourceLocation: sourceLocation)
        }
    }
    return whole
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct HandshakeRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// One line of a table: a message and what must come of it.
struct HandshakeRow: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let message: MessageText
    let expected: String

    init(_ description: String, _ message: MessageText, _ expected: String = "") {
        testDescription = description
        self.message = message
        self.expected = expected
    }
}
