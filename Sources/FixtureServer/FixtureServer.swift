public import Logging
public import WebSocketTransport

/// The echo server and the fixture endpoints that a conformance suite wants (section 0.3 of the conformance catalogue).
///
/// | path | behaviour |
/// |---|---|
/// | `/echo`, `/` | every message comes back |
/// | `/echo-deflate` | the same, with permessage-deflate even if the server has it off elsewhere |
/// | `/limit` | the same as `/echo-deflate`, with a message limit of 1 MiB |
/// | `/subproto` | the same, with the subprotocols `chat` and `superchat` |
/// | `/origin` | the same, for requests from `https://good.example` or without an Origin |
/// | `/auth` | the same, for the Basic credentials `user:pass`; 401 otherwise |
/// | `/redirect` | 302 to `/echo` |
/// | `/close?code=1000&reason=bye` | the server closes at once, with that code and reason |
/// | `/push` | a text message right after the handshake, then echo |
/// | `/text-only` | echo of text; binary is closed with 1003 |
/// | `/throw` | the first message is closed with 1011 |
/// | `/idle` | echo, with a ping after each second of silence and two seconds to answer |
/// | `/info` | a text message with path, query and headers as JSON, then echo |
public enum FixtureServer {
    public struct Options: Sendable {
        /// `HOST:PORT` or `unix:PATH`.
        public var listen: String
        public var loops: Int
        public var configuration: WebSocketConfiguration
        /// Speaks TLS with these certificates; nil speaks plain TCP.
        public var tls: TLSServerContext?

        public init(
            listen: String, loops: Int = 1, configuration: WebSocketConfiguration = .init(),
            tls: TLSServerContext? = nil
        ) {
            self.listen = listen
            self.loops = loops
            self.configuration = configuration
            self.tls = tls
        }
    }

    /// Starts the server.
    ///
    /// - Throws: `AddressError` or `SocketError` when it cannot listen.
    public static func start(_ options: Options, logger: Logger) throws -> WebSocketServer {
        let endpoints = Endpoints(configuration: options.configuration)
        return try WebSocketServer.start(
            on: options.listen, loops: options.loops, configuration: options.configuration, tls: options.tls,
            logger: logger, respond: endpoints.respond, decide: endpoints.decide)
    }
}
