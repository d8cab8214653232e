import CLinux
import Glibc

/// Why no TCP connection came to be.
struct DialFailure: Error, CustomStringConvertible {
    let description: String
}

/// Connects to a host, trying its addresses in turn; the descriptor returned does not block.
func connectTCP(host: String, port: UInt16, until deadline: Instant) throws(DialFailure) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    guard status == 0, let list else { throw DialFailure(description: String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(list) }
    var lastError: Int32 = ECONNREFUSED
    var next: UnsafeMutablePointer<addrinfo>? = list
    while let entry = next {
        let descriptor = clinux_socket(entry.pointee.ai_family)
        guard descriptor >= 0 else { throw DialFailure(description: String(cString: strerror(errno))) }
        let result = clinux_connect(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen)
        lastError = result == 0 ? 0 : errno
        if lastError == EINPROGRESS {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&waiting, 1, deadline.pollTimeout)
            lastError = ready > 0 ? clinux_socket_error(descriptor) : ETIMEDOUT
        }
        if lastError == 0 { return descriptor }
        close(descriptor)
        next = entry.pointee.ai_next
    }
    throw DialFailure(description: String(cString: strerror(lastError)))
}
