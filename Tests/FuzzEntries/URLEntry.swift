import WebSocketProtocol

/// What is taken for a URL can be sent, and written out it is the same URL again.
struct URLEntry {
    private let text: String

    init(_ input: [UInt8]) { text = String(decoding: input, as: UTF8.self) }

    func run() throws(BrokenProperty) {
        let url: WebSocketURL
        do {
            url = try WebSocketURL(text)
        } catch {
            return try requireVisible(error.description)
        }
        try require(!url.host.isEmpty && isSendable(url.host), "host-not-sendable", url.host)
        try require(isSendable(url.hostHeader), "host-header-not-sendable", url.hostHeader)
        try require(
            url.requestTarget.hasPrefix("/") && isSendable(url.requestTarget), "target-not-sendable", url.requestTarget)
        let written = try requireSuccess("no-url-when-written", url.description) { try WebSocketURL(url.description) }
        try require(written, equals: url, "another-url-when-written", url.description)
        try requireRequest(for: url)
    }

    /// Nothing in the URL ends a line of the request early.
    private func requireRequest(for url: WebSocketURL) throws(BrokenProperty) {
        let request = try requireSuccess("no-request-for-url", url.description) {
            try ClientHandshake(url: url, keyBytes: (1, 2)).requestBytes
        }
        var server = ServerHandshake()
        let (consumed, outcome) = request.withUnsafeBytes { server.receive($0) }
        switch outcome {
        case .upgrade(let upgrade):
            try require(upgrade.rawTarget, equals: url.requestTarget, "another-target-at-server", url.description)
            try require(upgrade.host, equals: url.hostHeader, "another-host-at-server", url.description)
            try require(consumed == request.count, "request-ends-early", url.description)
        // A server takes less of a request line than a URL may have.
        case .refuse(let refusal) where [414, 431].contains(refusal.status.code): return
        case .needMore, .request, .refuse:
            throw BrokenProperty(name: "request-not-understood", detail: "\(url): \(outcome)")
        }
    }

    private func isSendable(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
