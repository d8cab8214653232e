import Foundation

/// What a fixture does with its messages (section 0.3 of the conformance catalogue).
enum Behaviour: Sendable {
    case echo
    /// Sends this first, then echoes.
    case push(String)
    case close(UInt16?, String)
    case textOnly
    case fail
}

/// An agreement to open a WebSocket.
struct Admission {
    var behaviour = Behaviour.echo
    var subprotocol: String?
    var compresses = false
    var settings = SessionSettings()
}

/// Maps the fixture paths to what they do.
struct Endpoints: Sendable {
    let messageLimit: Int
    let fault: Fault?

    static let paths: Set<String> = [
        "/", "/echo", "/echo-deflate", "/limit", "/subproto", "/origin", "/auth", "/redirect", "/close", "/push",
        "/text-only", "/throw", "/idle", "/info",
    ]

    func admit(_ request: UpgradeRequest) throws(Refusal) -> Admission {
        var admission = Admission()
        admission.settings.messageLimit = messageLimit
        switch request.line.path {
        case "/", "/echo": break
        case "/echo-deflate": admission.compresses = true
        case "/limit":
            // What a message inflates to counts, too.
            admission.compresses = true
            admission.settings.messageLimit = 1 << 20
        case "/subproto": break
        case "/origin": try checkOrigin(request)
        case "/auth": try checkCredentials(request)
        case "/redirect":
            var target = "/echo"
            if fault == .hostInLocation { target = "http://\(request.head.values("Host").first ?? "")/echo" }
            throw Refusal(302, "See /echo.", [("Location", target)])
        case "/close": admission.behaviour = closing(request.line.query)
        case "/push": admission.behaviour = .push("pushed")
        case "/text-only": if fault != .kindUnchecked { admission.behaviour = .textOnly }
        case "/throw": admission.behaviour = .fail
        case "/idle":
            admission.settings.pingInterval = 1000
            admission.settings.pongTimeout = 2000
        case "/info": admission.behaviour = .push(describe(request))
        default:
            guard fault == .anyPathAccepted else { throw Refusal(404, "Not found.") }
        }
        admission.subprotocol = subprotocol(request)
        return admission
    }

    /// Answers a request that is not meant to open a WebSocket.
    func answer(_ line: RequestLine) -> Refusal {
        var answer = refusal(for: line)
        answer.answersHead = line.method == "HEAD"
        answer.keepsAlive = line.version == .http11
        return answer
    }

    private func refusal(for line: RequestLine) -> Refusal {
        guard Self.paths.contains(line.path) else { return Refusal(404, "Not found.") }
        guard RequestLine.methods.contains(line.method) else { return Refusal(501, "The method is not implemented.") }
        guard line.method == "GET" || line.method == "HEAD" else { return .onlyGET }
        return .upgradeRequired("This is a WebSocket endpoint.", fault: fault)
    }

    private func subprotocol(_ request: UpgradeRequest) -> String? {
        let offered = request.subprotocols
        switch fault {
        case .subprotocolInvented: return offered.first ?? "chat"
        case .unknownSubprotocolEchoed where !offered.isEmpty: return offered.first
        case .allSubprotocolsEchoed where !offered.isEmpty: return offered.joined(separator: ", ")
        case .emptySubprotocolAnswered: return ""
        default: break
        }
        guard request.line.path == "/subproto" else { return nil }
        let supported = ["chat", "superchat"]
        if fault == .subprotocolsInAnyCase {
            return supported.first { known in offered.contains { $0.equalsIgnoringCase(known) } }
        }
        return offered.first { supported.contains($0) }
    }

    private func checkOrigin(_ request: UpgradeRequest) throws(Refusal) {
        // Clients that are no browsers send none.
        guard let origin = request.origin, fault != .originUnchecked else { return }
        let isAllowed =
            switch fault {
            case .originByPrefix: origin.hasPrefix("https://good.example")
            case .originBySuffix: origin.hasSuffix("good.example")
            case .originInOneCase: origin == "https://good.example"
            case .originWithoutScheme: origin.lowercased().split(separator: "/").last == "good.example"
            default: origin.equalsIgnoringCase("https://good.example")
            }
        guard isAllowed else {
            throw Refusal(fault == .wrongOriginIsUnauthorized ? 401 : 403, "This origin is not allowed.")
        }
    }

    private func checkCredentials(_ request: UpgradeRequest) throws(Refusal) {
        guard fault != .credentialsUnchecked, request.head.values("Authorization") != ["Basic dXNlcjpwYXNz"] else {
            return
        }
        let challenge = fault == .challengeMissing ? [] : [("WWW-Authenticate", "Basic realm=\"fixture\"")]
        throw Refusal(401, "Credentials are required.", challenge)
    }

    private func closing(_ query: String?) -> Behaviour {
        var items: [String: String] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            items[parts[0]] = parts.count > 1 ? parts[1].removingPercentEncoding ?? parts[1] : ""
        }
        guard let code = items["code"] else { return .close(nil, "") }
        // What must not be sent becomes our failure.
        guard let number = UInt16(code), CloseBody.isAllowed(number, fault: fault) else {
            return .close(1011, "the query asks for what cannot be sent")
        }
        let reason = items["reason"] ?? ""
        return reason.utf8.count <= 123 ? .close(number, reason) : .close(1011, "the reason is too long")
    }

    private struct Description: Encodable {
        let path: String
        let query: String?
        let headers: [[String]]
    }

    private func describe(_ request: UpgradeRequest) -> String {
        let description = Description(
            path: request.line.path, query: request.line.query,
            headers: request.head.fields.map { [$0.name, $0.value] })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(description)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
