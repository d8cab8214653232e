/// The head of an HTTP message: its first line and its headers, over the octets that arrived.
struct MessageHead {
    let startLine: Range<Int>
    let headers: HTTPHeaders

    /// The octets that `startLine` points into.
    var octets: [UInt8] { headers.octets }
}

/// Collects the octets of an HTTP head until it is complete.
///
/// A head that arrives whole is scanned where it lies and copied once, into the headers that are handed out. Otherwise
/// at most `HandshakeLimits.maximumSize` octets are kept.
struct HeadReader: ~Copyable {
    enum Outcome {
        case needMore
        case failed(HTTPSyntaxError)
        case complete(MessageHead)
    }

    private let kind: HeadScanner.Kind
    private let limits: HandshakeLimits
    private var scanner: HeadScanner
    private var kept: [UInt8] = []
    /// Whether the request in progress, or the one that failed, is a HEAD: the answer to it has no body.
    private(set) var isOfHEAD = false

    init(_ kind: HeadScanner.Kind, limits: HandshakeLimits) {
        self.kind = kind
        self.limits = limits
        scanner = HeadScanner(kind, limits: limits)
    }

    /// Takes the next octets and returns how many of them belong to the head. After `complete` the next head may begin;
    /// after `failed` nothing more may be given.
    mutating func receive(_ bytes: Span<UInt8>) -> (consumed: Int, outcome: Outcome) {
        let keptBefore = kept.count
        let step: HeadScanner.Step
        if kept.isEmpty {
            step = scan(bytes)
        } else {
            keep(bytes)
            // Moved out, as a span of it would borrow all of `self`.
            let octets = kept
            kept = []
            step = scan(octets.span)
            kept = octets
        }
        switch step {
        case .needMore:
            // The scanner fails at the limit, so all octets were within it and were looked at.
            if keptBefore == 0 { keep(bytes) }
            return (bytes.count, .needMore)
        case .failed(let error):
            return (bytes.count, .failed(error))
        case .complete:
            let length = scanner.position
            if keptBefore == 0 { keep(bytes.extracting(first: length)) }
            return (length - keptBefore, .complete(takeHead(of: length)))
        }
    }

    private mutating func scan(_ octets: Span<UInt8>) -> HeadScanner.Step {
        let step = scanner.scan(octets)
        if let word = scanner.firstWord { isOfHEAD = word.count == 4 && octets.extracting(word).hasPrefix("HEAD") }
        return step
    }

    /// Appends what may still be part of a head within the limit.
    private mutating func keep(_ bytes: Span<UInt8>) {
        let room = Swift.max(0, limits.maximumSize - kept.count)
        bytes.extracting(first: room).withUnsafeBufferPointer { kept.append(contentsOf: $0) }
    }

    private mutating func takeHead(of length: Int) -> MessageHead {
        kept.removeLast(kept.count - length)
        let head = MessageHead(
            startLine: scanner.startLine, headers: HTTPHeaders(octets: kept, fields: scanner.fields))
        kept = []
        isOfHEAD = false
        scanner = HeadScanner(kind, limits: limits)
        return head
    }
}
