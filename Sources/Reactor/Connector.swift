import CLinux
import Dispatch
import Glibc

/// Where and how an outgoing connection is made.
package struct ConnectOptions: Sendable {
    /// Until the connection stands, name resolution included. Nanoseconds.
    package var timeout: UInt64 = 10_000_000_000
    /// A local address to connect from, without a port; nil lets the kernel choose.
    package var source: SocketAddress?

    package init(timeout: UInt64 = 10_000_000_000, source: SocketAddress? = nil) {
        self.timeout = timeout
        self.source = source
    }
}

/// Why an outgoing connection was not made.
public enum ConnectError: Error, Equatable, Sendable, CustomStringConvertible {
    case unresolved(host: String, reason: String)
    case timedOut(address: String)
    case failed(SocketError)

    public var description: String {
        switch self {
        case .unresolved(let host, let reason): "cannot resolve \(host): \(reason)"
        case .timedOut(let address): "no answer from \(address) within the connect timeout"
        case .failed(let error): error.description
        }
    }
}

/// One outgoing connection in the making; tries the addresses of a name one after the other.
package final class Connector: Pollable {
    /// The connected descriptor, or why there is none.
    package typealias Completion = (Result<Int32, ConnectError>) -> Void

    private let remaining: ArraySlice<SocketAddress>
    private let address: SocketAddress
    private let source: SocketAddress?
    private let deadline: UInt64
    private var completion: Completion?

    private init(
        descriptor: Int32, address: SocketAddress, remaining: ArraySlice<SocketAddress>, source: SocketAddress?,
        deadline: UInt64, completion: @escaping Completion
    ) {
        self.address = address
        self.remaining = remaining
        self.source = source
        self.deadline = deadline
        self.completion = completion
        super.init(descriptor: descriptor)
    }

    /// Connects on `loop`; `completion` runs there, never before this returns.
    package static func connect(
        to addresses: [SocketAddress], on loop: EventLoop, options: ConnectOptions = ConnectOptions(),
        completion: @escaping Completion
    ) {
        loop.assertIsCurrent()
        attempt(
            addresses[...], on: loop, source: options.source, deadline: deadline(of: options, on: loop), previous: nil,
            completion: completion)
    }

    /// Resolves `host` off the loop, unless it is numeric, then connects.
    package static func connect(
        host: String, port: UInt16, on loop: EventLoop, options: ConnectOptions = ConnectOptions(),
        completion: @escaping Completion
    ) {
        connect(
            host: host, port: port, on: loop, options: options, resolve: Resolver.resolve, completion: completion)
    }

    static func connect(
        host: String, port: UInt16, on loop: EventLoop, options: ConnectOptions, resolve: Resolver.Resolve,
        completion: @escaping Completion
    ) {
        loop.assertIsCurrent()
        if let address = SocketAddress(numeric: host, port: port) {
            return connect(to: [address], on: loop, options: options, completion: completion)
        }
        let deadline = deadline(of: options, on: loop)
        let resolution = Resolution(of: "\(host):\(port)") { result in
            switch result {
            case .failure(let error): completion(.failure(error))
            case .success(let addresses):
                attempt(
                    addresses[...], on: loop, source: options.source, deadline: deadline, previous: nil,
                    completion: completion)
            }
        }
        do throws(SocketError) {
            try resolution.attach(to: loop, interest: [])
        } catch {
            let box = LoopBox(completion)
            loop.execute { box.value(.failure(.failed(error))) }
            return
        }
        resolution.setTimer(at: deadline)
        // The box crosses to the resolver's thread and back untouched: only the loop looks into it.
        let box = LoopBox(resolution)
        resolve(host, port) { result in
            loop.execute { box.value.finish(result) }
        }
    }

    private static func deadline(of options: ConnectOptions, on loop: EventLoop) -> UInt64 {
        let (deadline, overflow) = loop.now.addingReportingOverflow(options.timeout)
        return overflow ? .max : deadline
    }

    private static func attempt(
        _ addresses: ArraySlice<SocketAddress>, on loop: EventLoop, source: SocketAddress?, deadline: UInt64,
        previous: ConnectError?, completion: @escaping Completion
    ) {
        guard let address = addresses.first else {
            let error = previous ?? .unresolved(host: "", reason: "no address")
            let box = LoopBox(completion)
            loop.execute { box.value(.failure(error)) }
            return
        }
        let rest = addresses.dropFirst()
        do throws(SocketError) {
            let descriptor = try open(address, source: source)
            let connector = Connector(
                descriptor: descriptor, address: address, remaining: rest, source: source, deadline: deadline,
                completion: completion)
            try connector.attach(to: loop, interest: .writable)
            connector.setTimer(at: deadline)
        } catch {
            attempt(
                rest, on: loop, source: source, deadline: deadline, previous: .failed(error), completion: completion)
        }
    }

    private static func open(_ address: SocketAddress, source: SocketAddress?) throws(SocketError) -> Int32 {
        let descriptor = clinux_socket(address.family)
        guard descriptor >= 0 else { throw SocketError("create a socket for \(address)") }
        if !address.isUnix {
            _ = clinux_set_option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        }
        if let source {
            // Without it the connection would come from another address than the one asked for.
            guard source.family == address.family else {
                close(descriptor)
                throw SocketError("connect from \(source) to \(address)", code: EAFNOSUPPORT)
            }
            // The port is chosen at connect time, so that it only has to be unique per destination (Linux 4.2).
            _ = clinux_set_option(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1)
            let bound = source.withSockaddr { clinux_bind(descriptor, $0, $1) }
            guard bound == 0 else {
                let error = SocketError("connect from \(source)")
                close(descriptor)
                throw error
            }
        }
        let result = address.withSockaddr { clinux_connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS || errno == EINTR else {
            let error = SocketError("connect to \(address)")
            close(descriptor)
            throw error
        }
        return descriptor
    }

    override func ready(_ events: ReadyEvents) {
        let loop = self.loop
        let code = clinux_socket_error(descriptor)
        guard code == 0 else {
            return next(after: .failed(SocketError("connect to \(address)", code: code)), on: loop)
        }
        let completion = takeCompletion()
        completion?(.success(takeDescriptor()))
    }

    override func timerFired(now: UInt64) {
        let completion = takeCompletion()
        detach()
        completion?(.failure(.timedOut(address: "\(address)")))
    }

    override func loopStopped() {
        let completion = takeCompletion()
        detach()
        completion?(.failure(.failed(SocketError("connect to \(address)", code: ECANCELED))))
    }

    private func next(after error: ConnectError, on loop: EventLoop) {
        guard let completion = takeCompletion() else { return }
        detach()
        Self.attempt(
            remaining, on: loop, source: source, deadline: deadline, previous: error, completion: completion)
    }

    private func takeCompletion() -> Completion? {
        defer { completion = nil }
        return completion
    }
}

/// The search for the addresses of a name. `getaddrinfo` cannot be stopped, so whoever waits for it stops waiting at the
/// deadline or when the loop ends, and a later answer is dropped.
private final class Resolution: Pollable {
    private let name: String
    private var completion: ((Result<[SocketAddress], ConnectError>) -> Void)?

    init(of name: String, completion: @escaping (Result<[SocketAddress], ConnectError>) -> Void) {
        self.name = name
        self.completion = completion
        super.init(descriptor: -1)
    }

    func finish(_ result: Result<[SocketAddress], ConnectError>) {
        let completion = self.completion
        self.completion = nil
        detach()
        completion?(result)
    }

    override func timerFired(now: UInt64) { finish(.failure(.timedOut(address: name))) }

    override func loopStopped() { finish(.failure(.failed(SocketError("resolve \(name)", code: ECANCELED)))) }
}

/// Carries a value of a loop through code that runs elsewhere and never looks into it.
///
/// `@unchecked Sendable`: made on a loop, opened on the same loop only.
private struct LoopBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// Names to addresses, off the event loops: `getaddrinfo` blocks.
enum Resolver {
    /// ``resolve(host:port:completion:)``, or what stands for it in a test.
    typealias Resolve = (
        String, UInt16, @escaping @Sendable (Result<[SocketAddress], ConnectError>) -> Void
    ) -> Void

    private static let queue = DispatchQueue(label: "reactor.resolver", attributes: .concurrent)

    /// - Parameter completion: called on a thread of the resolver.
    static func resolve(
        host: String, port: UInt16, completion: @escaping @Sendable (Result<[SocketAddress], ConnectError>) -> Void
    ) {
        queue.async { completion(lookUp(host: host, port: port)) }
    }

    private static func lookUp(host: String, port: UInt16) -> Result<[SocketAddress], ConnectError> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, "\(port)", &hints, &list)
        guard result == 0 else {
            let reason = gai_strerror(result).map { String(cString: $0) } ?? "error \(result)"
            return .failure(.unresolved(host: host, reason: reason))
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = list
        while let found = entry?.pointee {
            if let address = found.ai_addr {
                addresses.append(SocketAddress(copying: address, length: found.ai_addrlen))
            }
            entry = found.ai_next
        }
        return .success(addresses)
    }
}
