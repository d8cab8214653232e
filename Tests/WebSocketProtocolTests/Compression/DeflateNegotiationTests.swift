import Testing

@testable import WebSocketProtocol

/// Group X of the catalogue, as far as parameters go; the grammar is in `WebSocketExtensionTests`.
@Suite struct DeflateNegotiationTests {
    /// The elements of a Sec-WebSocket-Extensions header, as they arrive.
    private static func elements(_ value: String) throws -> [WebSocketExtension] {
        try ExtensionList(HTTPHeaders([("Sec-WebSocket-Extensions", value)])).elements
    }

    private static func accept(
        _ offers: String, _ preferences: DeflatePreferences = DeflatePreferences()
    ) throws -> (answer: String, agreed: DeflateParameters)? {
        DeflateNegotiation.accept(try elements(offers), preferences: preferences).map {
            ($0.answer.description, $0.agreed)
        }
    }

    // MARK: The server

    //
    @Test(arguments: [
        "", "foo", "foo; bar=1, bar", "Permessage-Deflate", "PERMESSAGE-DEFLATE", "permessage-deflat",
        "permessage-deflate2", "x-webkit-deflate-frame", "permessage-bzip2", "deflate-stream", "permessage-defalte",
        "constructor", "__proto__", "hasOwnProperty; constructor=1",
    ])
    func `what is not offered is not accepted`(offers: String) throws {
        #expect(try Self.accept(offers) == nil)
    }

    //
    @Test(arguments: [
        ("permessage-deflate", "permessage-deflate", DeflateParameters()),
        ("foo, permessage-deflate", "permessage-deflate", DeflateParameters()),
        ("permessage-deflate, foo; bar", "permessage-deflate", DeflateParameters()),
        ("permessage-deflate, permessage-deflate", "permessage-deflate", DeflateParameters()),
        (
            "permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover",
            DeflateParameters(serverNoContextTakeover: true)
        ),
        (
            "permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover",
            DeflateParameters(clientNoContextTakeover: true)
        ),
        ("permessage-deflate; client_max_window_bits", "permessage-deflate", DeflateParameters()),
        ("permessage-deflate; client_max_window_bits=15", "permessage-deflate", DeflateParameters()),
        (
            "permessage-deflate; client_max_window_bits=8", "permessage-deflate; client_max_window_bits=8",
            DeflateParameters(clientMaxWindowBits: 8)
        ),
        (
            "permessage-deflate; server_max_window_bits=\"10\"", "permessage-deflate; server_max_window_bits=10",
            DeflateParameters(serverMaxWindowBits: 10)
        ),
        (
            "permessage-deflate; client_max_window_bits; server_max_window_bits=8; client_no_context_takeover; "
                + "server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8",
            DeflateParameters(
                serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 8)
        ),
        (
            "permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=9, "
                + "permessage-deflate",
            "permessage-deflate; server_max_window_bits=9", DeflateParameters(serverMaxWindowBits: 9)
        ),
    ])
    func `the first offer that can be accepted is accepted`(
        offers: String, answer: String, agreed: DeflateParameters
    ) throws {
        let accepted = try #require(try Self.accept(offers))
        #expect(accepted.answer == answer)
        #expect(accepted.agreed == agreed)
    }

    //
    @Test(arguments: 8...15) func `a window for the server is granted as asked`(bits: Int) throws {
        let accepted = try #require(try Self.accept("permessage-deflate; server_max_window_bits=\(bits)"))
        #expect(accepted.answer == "permessage-deflate; server_max_window_bits=\(bits)")
        #expect(accepted.agreed == DeflateParameters(serverMaxWindowBits: bits))
    }

    // each declined alone, and passed over for a good one.
    @Test(arguments: [
        "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=0",
        "server_max_window_bits=08", "server_max_window_bits=-9", "server_max_window_bits=abc",
        "server_max_window_bits=1e1", "server_max_window_bits=99999999999", "server_max_window_bits=+9",
        "server_max_window_bits=\"08\"",
        "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=0",
        "client_max_window_bits=015", "client_max_window_bits=x", "client_max_window_bits=256",
        "server_no_context_takeover=1", "client_no_context_takeover=true", "server_no_context_takeover=\"1\"",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover", "client_max_window_bits; client_max_window_bits=10",
        "server_max_window_bits=10; server_max_window_bits=10", "foo", "foo=1", "Server_No_Context_Takeover",
        "constructor", "__proto__=1", "server_no_context_takeover; foo; client_max_window_bits",
    ])
    func `an offer that breaks a rule is declined whole`(parameters: String) throws {
        for preferences in [
            DeflatePreferences(),
            DeflatePreferences(serverNoContextTakeover: true, serverMaxWindowBits: 9, clientMaxWindowBits: 9),
        ] {
            #expect(try Self.accept("permessage-deflate; \(parameters)", preferences) == nil)
            let second = try Self.accept(
                "permessage-deflate; \(parameters), permessage-deflate; client_no_context_takeover", preferences)
            #expect(second?.agreed.clientNoContextTakeover == true)
        }
    }

    @Test(arguments: [
        ("permessage-deflate", DeflatePreferences(serverNoContextTakeover: true), "; server_no_context_takeover"),
        ("permessage-deflate", DeflatePreferences(clientNoContextTakeover: true), "; client_no_context_takeover"),
        ("permessage-deflate", DeflatePreferences(serverMaxWindowBits: 11), "; server_max_window_bits=11"),
        (
            "permessage-deflate; server_max_window_bits=9", DeflatePreferences(serverMaxWindowBits: 11),
            "; server_max_window_bits=9"
        ),
        (
            "permessage-deflate; server_max_window_bits=13", DeflatePreferences(serverMaxWindowBits: 11),
            "; server_max_window_bits=11"
        ),
        // not offered, so not answered, and not agreed.
        ("permessage-deflate", DeflatePreferences(clientMaxWindowBits: 10), ""),
        (
            "permessage-deflate; client_max_window_bits", DeflatePreferences(clientMaxWindowBits: 10),
            "; client_max_window_bits=10"
        ),
        (
            "permessage-deflate; client_max_window_bits=9", DeflatePreferences(clientMaxWindowBits: 10),
            "; client_max_window_bits=9"
        ),
        (
            "permessage-deflate; client_max_window_bits=12", DeflatePreferences(clientMaxWindowBits: 10),
            "; client_max_window_bits=10"
        ),
    ])
    func `a server says what it prefers where it may`(
        offers: String, preferences: DeflatePreferences, parameters: String
    ) throws {
        let accepted = try #require(try Self.accept(offers, preferences))
        #expect(accepted.answer == "permessage-deflate" + parameters)
        // What is said is what is agreed.
        let said = try DeflateElement(try #require(try Self.elements(accepted.answer).first), from: .answer)
        #expect(accepted.agreed.serverMaxWindowBits == said.serverMaxWindowBits ?? 15)
        #expect(accepted.agreed.clientMaxWindowBits == said.clientMaxWindowBits ?? 15)
        #expect(accepted.agreed.serverNoContextTakeover == said.serverNoContextTakeover)
        #expect(accepted.agreed.clientNoContextTakeover == said.clientNoContextTakeover)
    }

    //
    @Test func `of a thousand offers the first good one of those kept is accepted once`() throws {
        let bad = String(repeating: "permessage-deflate; foo, ", count: 31)
        let good = String(repeating: "permessage-deflate, ", count: 1000)
        #expect(try Self.accept(good)?.answer == "permessage-deflate")
        #expect(try Self.accept(bad + good)?.answer == "permessage-deflate")
        #expect(try Self.accept(bad + bad + good) == nil)
    }

    // MARK: The client

    //
    @Test(arguments: [
        (DeflatePreferences(), "permessage-deflate; client_max_window_bits"),
        (
            DeflatePreferences(serverNoContextTakeover: true, clientNoContextTakeover: true),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits"
        ),
        (
            DeflatePreferences(serverMaxWindowBits: 8, clientMaxWindowBits: 9),
            "permessage-deflate; server_max_window_bits=8; client_max_window_bits=9"
        ),
        (
            DeflatePreferences(serverMaxWindowBits: 0, clientMaxWindowBits: 99),
            "permessage-deflate; server_max_window_bits=8; client_max_window_bits"
        ),
    ])
    func `a client offers what it prefers`(preferences: DeflatePreferences, offer: String) throws {
        #expect(DeflateNegotiation.offer(preferences).description == offer)
        #expect(try Self.elements(offer) == [DeflateNegotiation.offer(preferences)])
    }

    /// What a client makes of an answer, all the way from the header.
    private static func check(_ answer: String, _ preferences: DeflatePreferences) throws -> DeflateParameters? {
        let offer = DeflateNegotiation.offer(preferences)
        var handshake = try ClientHandshake(
            url: WebSocketURL("ws://server.example.com/chat"), extensions: [offer],
            keyBytes: (0x7468_6520_7361_6D70, 0x6C65_206E_6F6E_6365))
        let response = try ServerResponse.accept(
            key: "dGhlIHNhbXBsZSBub25jZQ==", extensions: answer.isEmpty ? nil : answer)
        switch response.withUnsafeBytes({ handshake.receive($0) }).outcome {
        case .open(let response): return try DeflateNegotiation.check(answer: response.extensions, offer: offer)
        case .failed(let error): throw error
        case .needMore: return nil
        }
    }

    //
    @Test(arguments: [
        ("", nil),
        ("permessage-deflate", DeflateParameters()),
        ("permessage-deflate; client_no_context_takeover", DeflateParameters(clientNoContextTakeover: true)),
        ("permessage-deflate; server_no_context_takeover", DeflateParameters(serverNoContextTakeover: true)),
        ("permessage-deflate; server_max_window_bits=8", DeflateParameters(serverMaxWindowBits: 8)),
        ("permessage-deflate; server_max_window_bits=15", DeflateParameters()),
        ("permessage-deflate; client_max_window_bits=8", DeflateParameters(clientMaxWindowBits: 8)),
        ("permessage-deflate; client_max_window_bits=\"12\"", DeflateParameters(clientMaxWindowBits: 12)),
        (
            "permessage-deflate; client_max_window_bits=15; server_max_window_bits=\"9\"; "
                + "client_no_context_takeover; server_no_context_takeover",
            DeflateParameters(
                serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 9)
        ),
    ])
    func `an answer to a plain offer is obeyed`(answer: String, agreed: DeflateParameters?) throws {
        #expect(try Self.check(answer, DeflatePreferences()) == agreed)
    }

    //
    @Test(
        arguments: [
            ("foo", .unknownParameter("foo")), ("foo=1", .unknownParameter("foo")),
            ("server_max_window_bits", .invalidValue(parameter: "server_max_window_bits", value: nil)),
            ("server_max_window_bits=7", .invalidValue(parameter: "server_max_window_bits", value: "7")),
            ("server_max_window_bits=16", .invalidValue(parameter: "server_max_window_bits", value: "16")),
            ("server_max_window_bits=08", .invalidValue(parameter: "server_max_window_bits", value: "08")),
            ("server_max_window_bits=0", .invalidValue(parameter: "server_max_window_bits", value: "0")),
            ("server_max_window_bits=-1", .invalidValue(parameter: "server_max_window_bits", value: "-1")),
            ("server_max_window_bits=x", .invalidValue(parameter: "server_max_window_bits", value: "x")),
            ("server_max_window_bits=4096", .invalidValue(parameter: "server_max_window_bits", value: "4096")),
            ("client_max_window_bits", .invalidValue(parameter: "client_max_window_bits", value: nil)),
            ("client_max_window_bits=7", .invalidValue(parameter: "client_max_window_bits", value: "7")),
            ("client_max_window_bits=16", .invalidValue(parameter: "client_max_window_bits", value: "16")),
            ("client_max_window_bits=08", .invalidValue(parameter: "client_max_window_bits", value: "08")),
            (
                "server_no_context_takeover; server_no_context_takeover",
                .repeatedParameter("server_no_context_takeover")
            ),
            (
                "client_max_window_bits=9; client_max_window_bits=9", .repeatedParameter("client_max_window_bits")
            ),
            ("server_no_context_takeover=1", .invalidValue(parameter: "server_no_context_takeover", value: "1")),
            ("client_no_context_takeover=0", .invalidValue(parameter: "client_no_context_takeover", value: "0")),
            ("client_no_context_takeover, permessage-deflate", .repeatedExtension),
        ] as [(String, CompressionMismatch)])
    func `an answer that breaks a rule fails the handshake`(
        parameters: String, mismatch: CompressionMismatch
    ) throws {
        #expect(throws: HandshakeError.compressionMismatch(mismatch)) {
            try Self.check("permessage-deflate; \(parameters)", DeflatePreferences())
        }
        #expect("\(HandshakeError.compressionMismatch(mismatch))".hasPrefix("the server's answer about compression: "))
    }

    @Test func `an answer that was not asked for fails the handshake`() throws {
        //
        #expect(throws: HandshakeError.unrequestedExtension("foo")) {
            try Self.check("permessage-deflate, foo", DeflatePreferences())
        }
        #expect(throws: HandshakeError.unrequestedExtension("Permessage-Deflate")) {
            try Self.check("Permessage-Deflate", DeflatePreferences())
        }
        // never from an offer of ours.
        let answer = try Self.elements("permessage-deflate; client_max_window_bits=10")
        let bare = try #require(WebSocketExtension("permessage-deflate"))
        #expect(
            throws: HandshakeError.compressionMismatch(.unrequestedParameter("client_max_window_bits"))
        ) { try DeflateNegotiation.check(answer: answer, offer: bare) }
    }

    //
    @Test(
        arguments: [
            ("", .missingParameter("server_no_context_takeover")),
            ("; server_no_context_takeover", .missingParameter("server_max_window_bits")),
            (
                "; server_no_context_takeover; server_max_window_bits=12",
                .windowTooLarge(parameter: "server_max_window_bits", answered: 12, offered: 11)
            ),
            (
                "; server_no_context_takeover; server_max_window_bits=11; client_max_window_bits=11",
                .windowTooLarge(parameter: "client_max_window_bits", answered: 11, offered: 10)
            ),
        ] as [(String, CompressionMismatch)])
    func `an answer grants less than was asked for`(parameters: String, mismatch: CompressionMismatch) throws {
        let preferences = DeflatePreferences(
            serverNoContextTakeover: true, serverMaxWindowBits: 11, clientMaxWindowBits: 10)
        #expect(throws: HandshakeError.compressionMismatch(mismatch)) {
            try Self.check("permessage-deflate" + parameters, preferences)
        }
        let granted = try Self.check(
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=10", preferences)
        // A client keeps to what it offered about itself, said or not.
        #expect(
            granted
                == DeflateParameters(
                    serverNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 10))
    }

    // MARK: Both

    @Test func `both sides agree on the same, whatever they prefer`() throws {
        let windows = [8, 9, 12, 15]
        for flags in 0..<16 {
            for (server, client) in windows.flatMap({ first in windows.map { (first, $0) } }) {
                let wanted = DeflatePreferences(
                    serverNoContextTakeover: flags & 1 != 0, clientNoContextTakeover: flags & 2 != 0,
                    serverMaxWindowBits: client, clientMaxWindowBits: server)
                let granted = DeflatePreferences(
                    serverNoContextTakeover: flags & 4 != 0, clientNoContextTakeover: flags & 8 != 0,
                    serverMaxWindowBits: server, clientMaxWindowBits: client)
                let offer = DeflateNegotiation.offer(wanted)
                let accepted = try #require(DeflateNegotiation.accept([offer], preferences: granted))
                let checked = try DeflateNegotiation.check(answer: [accepted.answer], offer: offer)
                #expect(checked == accepted.agreed)
                #expect(accepted.agreed.serverNoContextTakeover == (flags & 5 != 0))
                #expect(accepted.agreed.clientNoContextTakeover == (flags & 10 != 0))
                #expect(accepted.agreed.serverMaxWindowBits == min(server, client))
                #expect(accepted.agreed.clientMaxWindowBits == min(server, client))
            }
        }
    }

    @Test func `each direction has its parameters, seen from both ends`() {
        let agreed = DeflateParameters(
            serverNoContextTakeover: true, serverMaxWindowBits: 9, clientMaxWindowBits: 11)
        #expect(agreed.sending(as: .server) == .init(windowBits: 9, keepsContext: false))
        #expect(agreed.receiving(as: .client) == .init(windowBits: 9, keepsContext: false))
        #expect(agreed.sending(as: .client) == .init(windowBits: 11, keepsContext: true))
        #expect(agreed.receiving(as: .server) == .init(windowBits: 11, keepsContext: true))
    }
}
