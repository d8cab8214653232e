import Glibc

/// A client that sends octets and reads octets. Blocking.
struct PlainClient {
    struct Failure: Error {
        let operation: String
        let code: Int32
    }

    let port: UInt16

    /// Sends `request` and reads to the end, or until `isEnough`. Each octet of the answer becomes one character.
    func exchange(_ request: String, until isEnough: ([UInt8]) -> Bool) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(operation: "socket", code: errno) }
        defer { close(descriptor) }
        try connect(descriptor)
        let sent = Array(request.utf8).withUnsafeBytes {
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == request.utf8.count else { throw Failure(operation: "send", code: errno) }
        var answer: [UInt8] = []
        while !isEnough(answer) {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 60_000) > 0 else { throw Failure(operation: "poll", code: ETIMEDOUT) }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw Failure(operation: "recv", code: errno) }
            if count == 0 { break }
            answer += buffer.prefix(count)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: answer.map { Unicode.Scalar($0) })
        return String(text)
    }

    private func connect(_ descriptor: Int32) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, 16) }
        }
        guard result == 0 else { throw Failure(operation: "connect", code: errno) }
    }
}
