import WebSocketProtocol

/// Any octets end in the same outcomes however they are cut, no later than the limits say, for both roles.
struct HandshakeEntry {
    private let octets: ArraySlice<UInt8>

    init(_ input: [UInt8]) { octets = input[...] }

    /// So small that short inputs reach all of them.
    private static let narrow: HandshakeLimits = {
        var limits = HandshakeLimits()
        limits.maximumStartLineLength = 64
        limits.maximumHeaderLineLength = 96
        limits.maximumHeaderCount = 8
        limits.maximumSize = 400
        return limits
    }()

    func run() throws(BrokenProperty) {
        for limits in [HandshakeLimits(), Self.narrow] {
            try requireSameOutcomes("server") { pieces throws(BrokenProperty) in
                try ServerConversation.outcomes(pieces, limits)
            }
            try requireSameOutcomes("client") { pieces throws(BrokenProperty) in
                try ClientConversation.outcomes(pieces, limits)
            }
        }
    }

    private func requireSameOutcomes(
        _ role: String, _ outcomes: ([ArraySlice<UInt8>]) throws(BrokenProperty) -> [String]
    ) throws(BrokenProperty) {
        let whole = try outcomes(Segmentation.whole.pieces(of: octets))
        for segmentation in [Segmentation.octetByOctet, .pseudoRandom] {
            let cut = try outcomes(segmentation.pieces(of: octets))
            try require(cut, equals: whole, "segmentation-decides", "\(role), \(segmentation)")
        }
    }
}

/// A server given requests, ordinary ones until the last.
private enum ServerConversation {
    static func outcomes(
        _ pieces: [ArraySlice<UInt8>], _ limits: HandshakeLimits
    ) throws(BrokenProperty) -> [String] {
        var handshake = ServerHandshake(limits: limits)
        var outcomes: [String] = []
        var isOver = false
        /// Octets since the last outcome.
        var unanswered = 0
        /// Octets of all requests.
        var consumedInAll = 0
        for piece in pieces {
            var rest = piece
            repeat {
                let (consumed, outcome) = rest.withUnsafeBytes { handshake.receive($0) }
                try require((0...rest.count).contains(consumed), "consumes-what-is-not-there", "server: \(consumed)")
                rest = rest.dropFirst(consumed)
                unanswered += consumed
                consumedInAll += consumed
                if case .needMore = outcome {
                    try require(rest.isEmpty, "leaves-octets", "server: \(rest.count)")
                    try require(
                        isOver || unanswered <= limits.maximumSize, "waits-beyond-limit", "server: \(unanswered)")
                    continue
                }
                try require(!isOver, "outcome-after-end", "server: \(outcome)")
                unanswered = 0
                switch outcome {
                case .needMore: break
                case .request(let request, let isLast):
                    isOver = isLast
                    outcomes.append(
                        "request \(request.method) \(request.rawTarget) \(fields(request.headers)) \(isLast) "
                            + "to \(consumedInAll)")
                case .upgrade(let request):
                    isOver = true
                    outcomes.append("\(request) \(fields(request.headers)) to \(consumedInAll)")
                    try requireReadable(request)
                case .refuse(let refusal):
                    isOver = true
                    // How much of what is refused counts as consumed depends on where it was cut.
                    outcomes.append("refuse \(refusal) \(fields(refusal.headers))")
                    try requireReadable(refusal)
                }
            } while !rest.isEmpty && !isOver
        }
        return outcomes
    }

    /// Our own client reads the answer as what it means.
    private static func requireReadable(_ refusal: Refusal) throws(BrokenProperty) {
        let outcome = try ClientConversation.outcome(of: ServerResponse.refuse(refusal, date: nil))
        guard case .failed(.status(code: refusal.status.code, _, _)) = outcome else {
            throw BrokenProperty(name: "refusal-unreadable", detail: "\(refusal) becomes \(outcome)")
        }
    }

    private static func requireReadable(_ request: UpgradeRequest) throws(BrokenProperty) {
        let acceptance = try requireSuccess("acceptance-impossible", request.key) {
            try ServerResponse.accept(key: request.key)
        }
        let outcome = try ClientConversation.outcome(of: acceptance)
        switch outcome {
        case .open, .failed(.wrongAccept): break
        case .needMore, .failed:
            throw BrokenProperty(name: "acceptance-unreadable", detail: "\(request.key) becomes \(outcome)")
        }
    }
}

/// A client given the answers to the request of RFC 6455 §1.3.
private enum ClientConversation {
    /// Interim answers that a client reads before the final one; its own limit.
    private static let interimResponses = 16

    static func outcomes(
        _ pieces: [ArraySlice<UInt8>], _ limits: HandshakeLimits
    ) throws(BrokenProperty) -> [String] {
        var handshake = try client(limits)
        var outcomes: [String] = []
        var consumedInAll = 0
        for piece in pieces {
            let (consumed, outcome) = piece.withUnsafeBytes { handshake.receive($0) }
            try require((0...piece.count).contains(consumed), "consumes-what-is-not-there", "client: \(consumed)")
            consumedInAll += consumed
            switch outcome {
            case .needMore:
                try require(consumed == piece.count, "leaves-octets", "client: \(piece.count - consumed)")
                try require(
                    !outcomes.isEmpty || consumedInAll <= limits.maximumSize * (interimResponses + 1),
                    "waits-beyond-limit", "client: \(consumedInAll)")
            case .open(let response):
                try require(outcomes.isEmpty, "outcome-after-end", "client: \(outcome)")
                outcomes.append(
                    "open \(response.status) \(response.subprotocol ?? "") \(response.extensions) "
                        + "\(fields(response.headers)) to \(consumedInAll)")
            case .failed(let error):
                try require(outcomes.isEmpty, "outcome-after-end", "client: \(outcome)")
                outcomes.append("failed \(error)")
                try requireVisible(error.description)
            }
        }
        return outcomes
    }

    static func outcome(of answer: [UInt8]) throws(BrokenProperty) -> ClientHandshake.Outcome {
        var handshake = try client(HandshakeLimits())
        return answer.withUnsafeBytes { handshake.receive($0) }.outcome
    }

    private static func client(_ limits: HandshakeLimits) throws(BrokenProperty) -> ClientHandshake {
        try requireSuccess("no-client", "its request") {
            try ClientHandshake(
                url: WebSocketURL("ws://server.example.com/chat"), subprotocols: ["chat", "superchat"],
                extensions: WebSocketExtension("permessage-deflate").map { [$0] } ?? [],
                // "the sample nonce", whose base64 is the key.
                keyBytes: (0x7468_6520_7361_6D70, 0x6C65_206E_6F6E_6365), limits: limits)
        }
    }
}

/// All of what the handshake understood, so that no difference is overlooked.
private func fields(_ headers: HTTPHeaders) -> String {
    headers.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
}
