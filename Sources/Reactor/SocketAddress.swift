import CLinux
import Glibc

/// An IPv4, IPv6 or Unix-domain address in the kernel's form.
public struct SocketAddress: Sendable, CustomStringConvertible {
    var storage: sockaddr_storage
    var length: socklen_t

    var family: Int32 { Int32(storage.ss_family) }

    package var isUnix: Bool { family == AF_UNIX }

    /// A numeric IPv4 or IPv6 address, without brackets; nil for anything else.
    package init?(numeric host: String, port: UInt16) {
        var storage = sockaddr_storage()
        var ipv4 = sockaddr_in()
        var ipv6 = sockaddr_in6()
        // C would take what stands before the NUL.
        guard !host.utf8.contains(0) else { return nil }
        if inet_pton(AF_INET, host, &ipv4.sin_addr) == 1 {
            ipv4.sin_family = sa_family_t(AF_INET)
            ipv4.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: ipv4, as: sockaddr_in.self) }
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
        } else if inet_pton(AF_INET6, host, &ipv6.sin6_addr) == 1 {
            ipv6.sin6_family = sa_family_t(AF_INET6)
            ipv6.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: ipv6, as: sockaddr_in6.self) }
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        } else {
            return nil
        }
        self.storage = storage
    }

    /// A Unix-domain path of at most 107 bytes; nil when it is longer, empty or holds a NUL.
    package init?(unixPath path: String) {
        var address = sockaddr_un()
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
            return nil
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_un.self) }
        self.storage = storage
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
    }

    init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
        var storage = sockaddr_storage()
        let count = min(Int(length), MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutableBytes(of: &storage) { target in
            target.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count))
        }
        self.storage = storage
        self.length = socklen_t(count)
    }

    /// The address that `descriptor` is bound to.
    init?(localOf descriptor: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        guard clinux_local_address(descriptor, &storage, &length) == 0 else { return nil }
        self.storage = storage
        self.length = length
    }

    /// The port of an IP address; 0 for others.
    public var port: UInt16 {
        switch family {
        case AF_INET: withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self).sin_port.bigEndian }
        case AF_INET6: withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in6.self).sin6_port.bigEndian }
        default: 0
        }
    }

    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// `127.0.0.1:80`, `[::1]:80` or `unix:/path`.
    public var description: String {
        var text = [CChar](repeating: 0, count: 128)
        switch family {
        case AF_INET:
            var address = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self).sin_addr }
            inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
            return "\(Self.string(text)):\(port)"
        case AF_INET6:
            var address = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in6.self).sin6_addr }
            inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
            return "[\(Self.string(text))]:\(port)"
        case AF_UNIX:
            let path = withUnsafeBytes(of: storage) { $0.dropFirst(2).prefix { $0 != 0 } }
            return "unix:" + String(decoding: path, as: UTF8.self)
        default:
            return "address of family \(family)"
        }
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Where to listen, as a person writes it: `127.0.0.1:9001`, `[::1]:9001`, `:9001` (all IPv4 addresses) or `unix:/run/ws.sock`.
public struct ListenAddress: Sendable, CustomStringConvertible {
    public let socketAddress: SocketAddress
    public let description: String

    /// - Throws: ``AddressError`` saying what is wrong and what is expected.
    public init(_ text: String) throws(AddressError) {
        description = text
        if text.hasPrefix("unix:") {
            guard let address = SocketAddress(unixPath: String(text.dropFirst(5))) else {
                throw AddressError(text, "a Unix-domain path has 1 to 107 bytes")
            }
            socketAddress = address
            return
        }
        guard let colon = text.lastIndex(of: ":") else {
            throw AddressError(text, "expected HOST:PORT, [IPV6]:PORT or unix:PATH")
        }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits) else {
            throw AddressError(text, "a port is a number from 0 to 65535")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":") else { throw AddressError(text, "\"\(host)\" is not a numeric address of IPv6") }
        } else if host.contains(":") {
            throw AddressError(text, "an IPv6 address stands in brackets: [\(host)]:\(port)")
        }
        switch host {
        case "": host = "0.0.0.0"
        case "localhost": host = "127.0.0.1"
        default: break
        }
        guard let address = SocketAddress(numeric: host, port: port) else {
            throw AddressError(text, "\"\(host)\" is not a numeric address; write for example 127.0.0.1:\(port)")
        }
        socketAddress = address
    }
}

/// An address that cannot be used.
public struct AddressError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ text: String, _ problem: String) { description = "bad address \"\(text)\": \(problem)" }
}
