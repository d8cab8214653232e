import Foundation
import WebSocketTransport

/// What the server saw of a request, for clients that want to check it.
enum RequestInfo {
    private struct Description: Encodable {
        let path: String
        let query: String?
        let headers: [[String]]
    }

    static func json(_ request: UpgradeRequest) -> String {
        let description = Description(
            path: request.path, query: request.query, headers: request.headers.map { [$0.name, $0.value] })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(description) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// The `name=value` pairs of a query, percent-decoded.
struct QueryItems {
    private var items: [String: String] = [:]

    init(_ query: String?) {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? String(parts[1]) : ""
            items[String(parts[0])] = value.removingPercentEncoding ?? value
        }
    }

    subscript(name: String) -> String? { items[name] }
}
