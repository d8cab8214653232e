import Testing

@testable import WebSocketConformance

/// The first flight of a TLS client.
struct ClientHelloTests {
    private static func vector(_ octets: [UInt8], _ count: Int) -> [UInt8] {
        bigEndian(UInt64(octets.count), octets: count) + octets
    }

    /// The handshake message, with these extensions.
    private static func message(_ extensions: [(UInt64, [UInt8])]) -> [UInt8] {
        let list = extensions.flatMap { bigEndian($0.0, octets: 2) + vector($0.1, 2) }
        let body =
            [0x03, 0x03] + [UInt8](repeating: 7, count: 32) + vector([], 1) + vector([0x13, 0x01], 2) + vector([0], 1)
            + vector(list, 2)
        return [1] + vector(body, 3)
    }

    private static func records(_ message: [UInt8], size: Int) -> [UInt8] {
        stride(from: 0, to: message.count, by: size).flatMap { start in
            [22, 3, 1] + vector(Array(message[start..<min(start + size, message.count)]), 2)
        }
    }

    private static let name: (UInt64, [UInt8]) = (0, vector([0] + vector(Array("a.example".utf8), 2), 2))
    private static let protocols: (UInt64, [UInt8]) = (
        16, vector(vector(Array("h2".utf8), 1) + vector(Array("http/1.1".utf8), 1), 2)
    )

    @Test(arguments: [1, 7, 16_384])
    func `the name and the protocols are read, however many records carry them`(size: Int) {
        let hello = ClientHello(Self.records(Self.message([(43, [1, 2]), Self.name, Self.protocols]), size: size))
        #expect(hello?.serverName == "a.example")
        #expect(hello?.applicationProtocols == ["h2", "http/1.1"])
    }

    @Test func `a client without them names none`() {
        let hello = ClientHello(Self.records(Self.message([]), size: 100))
        #expect(hello != nil)
        #expect(hello?.serverName == nil)
    }

    @Test func `what is cut off or is none is no ClientHello`() {
        let octets = Self.records(Self.message([Self.name]), size: 16_384)
        for count in 0..<octets.count { #expect(ClientHello(Array(octets.prefix(count))) == nil) }
        #expect(ClientHello(Array("GET / HTTP/1.1\r\n\r\n".utf8)) == nil)
    }
}
