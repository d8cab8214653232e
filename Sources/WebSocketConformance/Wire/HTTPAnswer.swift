/// A whole HTTP response, read to its end by the rules of RFC 9112 §6.3.
struct HTTPAnswer: Sendable {
    enum Framing: Sendable, Equatable {
        /// 1xx, 204, 304 and answers to HEAD have none.
        case noBody
        case length(Int)
        case chunked
        /// Until the connection ends.
        case untilClose
    }

    var head: HTTPHead
    var status: Int
    var body: [UInt8]
    var framing: Framing
    /// Whether it came to its end; otherwise the connection ended or time ran out first.
    var isComplete: Bool

    /// A word for reports: `HTTP/1.1 400 Bad Request`.
    var summary: String { head.startLine }
}

extension Wire {
    /// Reads a response: interim ones (1xx but 101) are skipped, as a client must (RFC 9110 §15.2).
    ///
    /// - Parameters:
    ///   - isHead: whether it answers HEAD, and has no body.
    ///   - bodyLimit: octets of body after which the rest is not read.
    /// - Returns: nil when no head came, or one that is none.
    func readAnswer(until deadline: UInt64, isHead: Bool = false, bodyLimit: Int = 1 << 20) async -> HTTPAnswer? {
        for _ in 0..<16 {
            guard let head = await readHead(until: deadline), let status = head.status else { return nil }
            if (100..<200).contains(status) && status != 101 { continue }
            return await readBody(of: head, status: status, until: deadline, isHead: isHead, limit: bodyLimit)
        }
        return nil
    }

    private func readBody(
        of head: HTTPHead, status: Int, until deadline: UInt64, isHead: Bool, limit: Int
    ) async -> HTTPAnswer {
        var answer = HTTPAnswer(head: head, status: status, body: [], framing: .noBody, isComplete: true)
        if status == 101 || status == 204 || status == 304 || isHead { return answer }
        if head.tokens("Transfer-Encoding").last?.lowercased() == "chunked" {
            answer.framing = .chunked
            answer.isComplete = await readChunks(into: &answer.body, until: deadline, limit: limit)
        } else if let text = head.values("Content-Length").first, let length = Int(text), length >= 0 {
            answer.framing = .length(length)
            while unread.count < min(length, limit), end == nil, await wait(until: deadline) {}
            answer.body = Array(take(min(length, limit)))
            answer.isComplete = answer.body.count == length
        } else {
            answer.framing = .untilClose
            while answer.body.count < limit {
                answer.body += take()
                guard end == nil, await wait(until: deadline) else { break }
            }
            answer.body += take()
            answer.isComplete = end == .finished
        }
        return answer
    }

    private func readChunks(into body: inout [UInt8], until deadline: UInt64, limit: Int) async -> Bool {
        while body.count < limit {
            guard let line = await readLine(until: deadline),
                let size = Int(line.prefix { $0 != ";" && $0 != " " }, radix: 16), size >= 0, size <= limit
            else { return false }
            if size == 0 {
                // Trailers end with an empty line.
                while let trailer = await readLine(until: deadline) {
                    if trailer.isEmpty { return true }
                }
                return false
            }
            while unread.count < size + 2, end == nil, await wait(until: deadline) {}
            guard unread.count >= size + 2 else { return false }
            body += take(size)
            _ = take(2)
        }
        return false
    }

    /// One line without its end; nil when none came in time.
    func readLine(until deadline: UInt64, limit: Int = 64 * 1024) async -> String? {
        while true {
            if let feed = unread.firstIndex(of: 0x0a) {
                var line = Array(take(feed - unread.startIndex + 1)).dropLast()
                if line.last == 0x0d { line = line.dropLast() }
                return String(decoding: line, as: UTF8.self)
            }
            guard unread.count < limit, end == nil, await wait(until: deadline) else { return nil }
        }
    }
}
