import Glibc
package import Logging
public import Reactor
public import WebSocketProtocol

/// Why a WebSocket could not be opened.
public enum WebSocketConnectError: Error, Sendable, CustomStringConvertible {
    case connect(ConnectError)
    case handshake(HandshakeError)
    case handshakeTimedOut
    case closedDuringHandshake
    /// TLS was not agreed on, for `wss://`.
    case tls(TLSError)
    /// The event loop that was given has ended.
    case loopStopped
    /// It was given up before it was open.
    case cancelled

    public var description: String {
        switch self {
        case .connect(let error): error.description
        case .handshake(let error): error.description
        case .tls(let error): error.description
        case .handshakeTimedOut: "the server did not finish the opening handshake in time"
        case .closedDuringHandshake: "the server closed the connection during the opening handshake"
        case .loopStopped: "the event loop has ended"
        case .cancelled: "given up before it was open"
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
    /// What `wss://` trusts and shows; nil trusts the authorities of this system. Make one and use it for all connections:
    /// it has read its files, and it keeps sessions to resume them.
    public var tls: TLSClientContext?

    public init(
        subprotocols: [String] = [], headers: HTTPHeaders = HTTPHeaders(), source: SocketAddress? = nil,
        tls: TLSClientContext? = nil
    ) {
        self.subprotocols = subprotocols
        self.headers = headers
        self.source = source
        self.tls = tls
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
    ///   - tlsAgreed: called for `wss://` when TLS is agreed on, before the handshake of HTTP.
    ///   - completion: called on the loop, never before this returns; on success just before the handler's
    ///     ``WebSocketHandler/opened(_:)``.
    /// - Returns: what gives it up while it is not open.
    /// - Throws: ``HandshakeError`` when an option cannot be sent as it is.
    @discardableResult
    package func connect(
        to url: WebSocketURL, options: WebSocketClientOptions = WebSocketClientOptions(),
        handler: any WebSocketHandler, tcpConnected: @escaping () -> Void = {},
        tlsAgreed: @escaping () -> Void = {}, completion: @escaping Completion
    ) throws(HandshakeError) -> WebSocketDial {
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
            context: context, handshake: handshake, offer: offer, handler: handler, tlsAgreed: tlsAgreed,
            completion: completion)
        let connectOptions = ConnectOptions(timeout: context.timing.handshakeTimeout, source: options.source)
        Connector.connect(host: url.host, port: url.port, on: context.loop, options: connectOptions) { result in
            switch result {
            case .failure(let error): upgrade.end(.connect(error))
            case .success(let descriptor) where upgrade.hasEnded: close(descriptor)
            case .success(let descriptor):
                tcpConnected()
                do throws(WebSocketConnectError) {
                    try Self.start(upgrade, on: descriptor, to: url, tls: options.tls, context)
                } catch {
                    upgrade.end(error)
                }
            }
        }
        return WebSocketDial(upgrade)
    }

    /// Takes over a connected descriptor.
    private static func start(
        _ upgrade: ClientUpgrade, on descriptor: Int32, to url: WebSocketURL, tls: TLSClientContext?,
        _ context: ConnectionContext
    ) throws(WebSocketConnectError) {
        var layer: TLSLayer?
        if url.isSecure {
            do throws(TLSError) {
                let trusted = if let tls { tls } else { try TLSClientContext.system.get() }
                layer = try trusted.makeLayer(host: url.host, port: url.port, on: context.loop)
            } catch {
                close(descriptor)
                throw .tls(error)
            }
        }
        do throws(SocketError) {
            let stream = try Stream(
                descriptor: descriptor, on: context.loop, limits: context.outboxLimits, tls: layer, handler: upgrade)
            upgrade.adopt(stream)
            stream.scheduleTimer(at: context.loop.now.later(by: context.timing.handshakeTimeout))
            if !url.isSecure { upgrade.start(on: stream) }
        } catch {
            throw .connect(.failed(error))
        }
    }
}

/// A WebSocket that is being opened. Confined to its loop.
package struct WebSocketDial {
    private let upgrade: ClientUpgrade

    init(_ upgrade: ClientUpgrade) { self.upgrade = upgrade }

    /// Gives it up, unless it is open already: the TCP connection is closed without a frame, and the completion is called
    /// with ``WebSocketConnectError/cancelled``.
    package func cancel() { upgrade.end(.cancelled) }
}
