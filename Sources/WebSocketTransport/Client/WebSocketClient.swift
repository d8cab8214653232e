package import Logging
public import Reactor
public import WebSocketProtocol

/// Why a WebSocket could not be opened.
public enum WebSocketConnectError: Error, Sendable, CustomStringConvertible {
    case connect(ConnectError)
    case handshake(HandshakeError)
    case handshakeTimedOut
    case closedDuringHandshake
    /// The event loop that was given has ended.
    case loopStopped
    /// This version has no TLS.
    case tlsUnavailable

    public var description: String {
        switch self {
        case .connect(let error): error.description
        case .handshake(let error): error.description
        case .handshakeTimedOut: "the server did not finish the opening handshake in time"
        case .closedDuringHandshake: "the server closed the connection during the opening handshake"
        case .loopStopped: "the event loop has ended"
        case .tlsUnavailable: "wss:// is not available in this version; use ws://"
        }
    }
}

/// What a client asks for besides the URL.
public struct WebSocketClientOptions: Sendable {
    /// In order of preference.
    public var subprotocols: [String]
    /// Further headers of the request.
    public var headers: HTTPHeaders
    /// A local address to connect from; nil lets the kernel choose.
    public var source: SocketAddress?

    public init(
        subprotocols: [String] = [], headers: HTTPHeaders = HTTPHeaders(), source: SocketAddress? = nil
    ) {
        self.subprotocols = subprotocols
        self.headers = headers
        self.source = source
    }
}

/// Opens WebSockets on one loop. All connections of a client share their limits and their masking keys' source.
///
/// Confined to its loop.
package final class WebSocketConnector {
    package typealias Completion =
        (Result<(WebSocketConnection, UpgradeResponse), WebSocketConnectError>) -> Void

    private let context: ConnectionContext

    package init(
        on loop: EventLoop, configuration: WebSocketConfiguration = WebSocketConfiguration(),
        logger: Logger = Logger(label: "websocket.client")
    ) {
        context = ConnectionContext(role: .client, loop: loop, configuration: configuration, logger: logger)
    }

    /// Opens a WebSocket.
    ///
    /// - Parameters:
    ///   - tcpConnected: called when the TCP connection stands, before the handshake.
    ///   - completion: called on the loop, never before this returns; on success just before the handler's
    ///     ``WebSocketHandler/opened(_:)``.
    /// - Throws: ``HandshakeError`` when an option cannot be sent as it is.
    package func connect(
        to url: WebSocketURL, options: WebSocketClientOptions = WebSocketClientOptions(),
        handler: any WebSocketHandler, tcpConnected: @escaping () -> Void = {}, completion: @escaping Completion
    ) throws(HandshakeError) {
        let context = self.context
        var key: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &key) { fillRandom($0) }
        let offer = CompressionOffer(context.configuration.compression)
        let extensions = offer.element.map { [$0] } ?? []
        let handshake = try ClientHandshake(
            url: url, subprotocols: options.subprotocols, headers: options.headers, extensions: extensions,
            keyBytes: key,
            limits: context.configuration.handshakeLimits)
        let upgrade = ClientUpgrade(
            context: context, handshake: handshake, offer: offer, handler: handler, completion: completion)
        let connectOptions = ConnectOptions(timeout: context.timing.handshakeTimeout, source: options.source)
        Connector.connect(host: url.host, port: url.port, on: context.loop, options: connectOptions) { result in
            switch result {
            case .failure(let error): completion(.failure(.connect(error)))
            case .success(let descriptor):
                tcpConnected()
                do throws(SocketError) {
                    let stream = try Stream(
                        descriptor: descriptor, on: context.loop, limits: context.outboxLimits, handler: upgrade)
                    stream.scheduleTimer(at: context.loop.now.later(by: context.timing.handshakeTimeout))
                    upgrade.start(on: stream)
                } catch {
                    completion(.failure(.connect(.failed(error))))
                }
            }
        }
    }
}
