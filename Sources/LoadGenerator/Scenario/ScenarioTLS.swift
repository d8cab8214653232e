import WebSocketTransport

/// What the clients of a run trust and show, for a `wss://` target. Paths as they are opened.
package struct ScenarioTLS: Sendable, Hashable {
    /// Certificates that are trusted instead of the system's authorities.
    package var authorities: String?
    /// Whether any server is believed.
    package var isInsecure = false
    /// The clients' own certificate and key.
    package var credentials: Credentials?
    /// The name that is asked for instead of the URL's host.
    package var serverName: String?

    package struct Credentials: Sendable, Hashable {
        package let certificate: String
        package let key: String
    }

    /// What the clients of one run use.
    ///
    /// - Throws: ``TLSError/unusable(what:reason:)`` for a file that cannot be used.
    func context() throws(TLSError) -> TLSClientContext {
        var configuration = TLSClientConfiguration()
        if let authorities { configuration.trust = .authorities(.file(authorities)) }
        if isInsecure { configuration.trust = .insecure }
        configuration.credentials = credentials.map {
            TLSCredentials(certificateChain: .file($0.certificate), privateKey: .file($0.key))
        }
        configuration.serverName = serverName
        // The clients stand for people who have nothing to do with each other: each pays for a handshake of its own.
        configuration.resumptionCapacity = 0
        return try TLSClientContext(configuration)
    }
}

extension ScenarioReading {
    /// - Parameters:
    ///   - url: what it is for; nil when that could not be read.
    ///   - folder: what paths are relative to.
    func tls(_ fields: ScenarioFields, url: WebSocketURL?, folder: String) -> ScenarioTLS {
        guard let node = fields["tls"] else { return ScenarioTLS() }
        if let url, !url.isSecure {
            problems.add(fields.keyPosition("tls"), "`tls` is for a `wss://` target, but `url` is `\(url)`")
        }
        guard
            let fields = ScenarioFields(
                node, what: "`tls`", known: ["ca", "insecure", "certificate", "key", "server_name"], problems: problems)
        else { return ScenarioTLS() }
        var tls = ScenarioTLS()
        func file(_ key: String) -> String? {
            fields[key].flatMap { path($0, key, example: "\(key).pem") }.map { $0.hasPrefix("/") ? $0 : folder + $0 }
        }
        tls.authorities = file("ca")
        tls.isInsecure = fields["insecure"].flatMap { flag($0, "insecure") } ?? false
        if tls.isInsecure && fields.has("ca") {
            problems.add(fields.keyPosition("insecure"), "`tls` has both `insecure` and `ca`; only one can be meant")
        }
        tls.serverName = fields["server_name"].flatMap(serverName)
        let (certificate, key) = (file("certificate"), file("key"))
        for (present, missing) in [("certificate", "key"), ("key", "certificate")]
        where fields.has(present) && !fields.has(missing) && !fields.isMisspelled(missing) {
            problems.add(fields.keyPosition(present), "`\(present)` needs `\(missing)` beside it")
        }
        if let certificate, let key {
            tls.credentials = ScenarioTLS.Credentials(certificate: certificate, key: key)
        }
        return tls
    }

    private func serverName(_ node: DocumentNode) -> String? {
        guard let name = text(node, "server_name", example: "chat.example.com") else { return nil }
        // What can be the host of a URL, and nothing else, can be asked for.
        guard let url = try? WebSocketURL("wss://\(name)/"), url.host == name.lowercased() else {
            return refuse(node, "`\(name)` is not a host name; write for example `server_name: chat.example.com`")
        }
        return url.host
    }
}
