import CLinux
import Glibc

/// Why nothing listens.
struct ListenFailure: Error, CustomStringConvertible {
    let step: String
    let number: Int32

    var description: String { "\(step): \(String(cString: strerror(number)))" }
}

/// A socket on the loopback that takes connections.
struct Listener: Sendable {
    private let descriptor: Int32
    let port: UInt16

    init(port: UInt16) throws(ListenFailure) {
        let descriptor = clinux_socket(AF_INET)
        guard descriptor >= 0 else { throw ListenFailure(step: "socket", number: errno) }
        _ = clinux_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 4096) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard bound else { throw ListenFailure(step: "bind", number: errno) }
        self.descriptor = descriptor
        self.port = UInt16(bigEndian: address.sin_port)
    }

    /// Waits for the next connection and returns its descriptor, which does not block.
    func accept() -> Int32 {
        while true {
            let accepted = clinux_accept(descriptor)
            if accepted >= 0 { return accepted }
            if errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&entry, 1, -1)
            } else if errno == EMFILE || errno == ENFILE || errno == ENOMEM {
                // Until others end; the backlog keeps who waits.
                pause(milliseconds: 20)
            }
        }
    }
}
