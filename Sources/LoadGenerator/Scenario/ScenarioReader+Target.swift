import WebSocketTransport
import BenchResults

extension ScenarioReading {
    /// - Parameter folder: what paths are relative to.
    func target(_ node: DocumentNode, folder: String) -> ScenarioTarget? {
        guard
            let fields = ScenarioFields(
                node, what: "`target`", known: ["url", "subprotocols", "headers", "source_ips", "deflate", "tls"],
                later: ["rows"],
                problems: problems)
        else { return nil }
        let url = fields.required("url", in: "`target`", example: "ws://127.0.0.1:9001/chat", problems)
            .flatMap(self.url)
        let subprotocols = fields["subprotocols"].map(self.subprotocols) ?? []
        let headers = fields["headers"].map(self.headers) ?? []
        let sources = fields["source_ips"].flatMap(sourceAddresses) ?? .automatic
        let deflate = fields["deflate"].flatMap(self.deflate) ?? .off
        let tls = self.tls(fields, url: url, folder: folder)
        guard let url else { return nil }
        return ScenarioTarget(
            url: url, subprotocols: subprotocols, headers: headers, sourceAddresses: sources, deflate: deflate,
            tls: tls)
    }

    /// What is offered, or what an embedded server accepts, of permessage-deflate.
    func deflate(_ node: DocumentNode) -> CompressionConfiguration.Mode? {
        guard let text = text(node, "deflate", example: "shared") else { return nil }
        guard let mode = CompressionConfiguration.Mode(text) else {
            return refuse(node, "`\(text)` is no value of `deflate`; it is \(CompressionConfiguration.modeExamples)")
        }
        return mode
    }

    private func url(_ node: DocumentNode) -> WebSocketURL? {
        let example = "ws://127.0.0.1:9001/chat"
        guard let text = text(node, "url", example: example) else { return nil }
        do throws(WebSocketURLError) {
            return try WebSocketURL(text)
        } catch {
            return refuse(node, "\(error); write for example `\(example)`")
        }
    }

    private func subprotocols(_ node: DocumentNode) -> [String] {
        var found: [String] = []
        for item in list(node, "subprotocols", example: "[chat.v2]") ?? [] {
            guard let name = text(item, "subprotocols", example: "[chat.v2]") else { continue }
            if !name.isToken {
                problems.add(item.position, "`\(name)` is not a subprotocol's name: it is a token (RFC 6455 §4.1)")
            } else if found.contains(name) {
                problems.add(item.position, "the subprotocol `\(name)` appears twice (RFC 6455 §4.1)")
            } else {
                found.append(name)
            }
        }
        return found
    }

    private func headers(_ node: DocumentNode) -> [ScenarioTarget.Header] {
        guard case .mapping(let entries) = node.content else {
            problems.add(
                node.position,
                "`headers` is a mapping, not \(node.phrase); "
                    + "write for example `headers: { authorization: \"Bearer …\" }`"
            )
            return []
        }
        var headers: [ScenarioTarget.Header] = []
        for entry in entries {
            guard entry.key.isToken else {
                problems.add(entry.keyPosition, "`\(entry.key)` is not a header's name (RFC 9110 §5.1)")
                continue
            }
            let name = entry.key.lowercased()
            // These are what makes the request an opening handshake (RFC 6455 §4.1); the client writes them.
            guard !["connection", "upgrade", "host", "content-length", "transfer-encoding"].contains(name),
                !name.hasPrefix("sec-websocket-")
            else {
                problems.add(entry.keyPosition, "the header `\(entry.key)` belongs to the handshake and cannot be set")
                continue
            }
            guard !headers.contains(where: { $0.name.lowercased() == name }) else {
                problems.add(entry.keyPosition, "the header `\(entry.key)` appears twice")
                continue
            }
            guard let value = text(entry.value, entry.key, example: "\"…\"") else { continue }
            guard !value.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else {
                problems.add(entry.value.position, "the value of `\(entry.key)` holds a control character")
                continue
            }
            headers.append(ScenarioTarget.Header(name: entry.key, value: value))
        }
        return headers
    }

    private func sourceAddresses(_ node: DocumentNode) -> ScenarioTarget.SourceAddresses? {
        if case .scalar = node.content {
            guard let word = text(node, "source_ips", example: "auto") else { return nil }
            guard word == "auto" else {
                return refuse(node, "`source_ips` is `auto` or a list; write for example `source_ips: [127.0.0.2]`")
            }
            return .automatic
        }
        var addresses: [String] = []
        guard let items = list(node, "source_ips", example: "[127.0.0.2]") else { return nil }
        guard !items.isEmpty else { return refuse(node, "`source_ips` is empty; write `auto` or at least one address") }
        for item in items {
            guard let address = text(item, "source_ips", example: "[127.0.0.2]") else { continue }
            if SocketAddress(numeric: address, port: 0) == nil {
                problems.add(item.position, "`\(address)` is not an IP address; write for example `127.0.0.2`")
            } else if addresses.contains(address) {
                problems.add(item.position, "the address `\(address)` appears twice")
            } else {
                addresses.append(address)
            }
        }
        return .list(addresses)
    }
}

extension String {
    /// A token of HTTP (RFC 9110 §5.6.2).
    fileprivate var isToken: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
