import Testing

@testable import Reactor

struct SocketAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:9001", "127.0.0.1:9001", 9001),
            ("0.0.0.0:0", "0.0.0.0:0", 0),
            ("127.0.0.1:65535", "127.0.0.1:65535", 65535),
            (":9001", "0.0.0.0:9001", 9001),
            ("localhost:80", "127.0.0.1:80", 80),
            ("[::1]:9001", "[::1]:9001", 9001),
            ("[::]:1", "[::]:1", 1),
            ("[2001:db8::5]:443", "[2001:db8::5]:443", 443),
            ("unix:/run/ws.sock", "unix:/run/ws.sock", 0),
            ("unix:relative:with:colons", "unix:relative:with:colons", 0),
            ("unix:" + String(repeating: "a", count: 107), "unix:" + String(repeating: "a", count: 107), 0),
        ] as [(String, String, UInt16)])
    func `a well-formed address is taken`(text: String, address: String, port: UInt16) throws {
        let parsed = try ListenAddress(text)
        #expect(parsed.socketAddress.description == address)
        #expect(parsed.socketAddress.port == port)
        #expect(parsed.description == text)
    }

    @Test(arguments: [
        ("", "expected HOST:PORT"),
        ("9001", "expected HOST:PORT"),
        ("localhost", "expected HOST:PORT"),
        ("127.0.0.1:", "a port is a number"),
        ("127.0.0.1:65536", "a port is a number"),
        ("127.0.0.1:-1", "a port is a number"),
        ("127.0.0.1:+1", "a port is a number"),
        ("127.0.0.1: 1", "a port is a number"),
        ("127.0.0.1:http", "a port is a number"),
        ("127.0.0.1:٣", "a port is a number"),
        ("::1:9001", "stands in brackets"),
        ("[::1]", "a port is a number"),
        ("[::1:9001", "stands in brackets"),
        ("[::1]x:9001", "stands in brackets"),
        ("[]:9001", "is not a numeric address"),
        ("[127.0.0.1]:9001", "is not a numeric address"),
        ("[localhost]:9001", "is not a numeric address"),
        ("example.com:9001", "is not a numeric address"),
        ("127.0.0.256:9001", "is not a numeric address"),
        ("127.1:9001", "is not a numeric address"),
        (" 127.0.0.1:9001", "is not a numeric address"),
        ("unix:", "1 to 107 bytes"),
        ("unix:" + String(repeating: "a", count: 108), "1 to 107 bytes"),
    ])
    func `a malformed address is refused with the text and the reason`(text: String, reason: String) {
        let error = #expect(throws: AddressError.self) { try ListenAddress(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("bad address \"\(text)\"") == true)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "::1::", "[::1]", "1.2.3.4 "])
    func `what is not numeric gives no numeric address`(host: String) {
        #expect(SocketAddress(numeric: host, port: 1) == nil)
    }

    /// A C function would read up to the NUL only.
    @Test func `a NUL is part of no address`() {
        #expect(SocketAddress(numeric: "1.2.3.4\0", port: 1) == nil)
        #expect(SocketAddress(numeric: "::1\0x", port: 1) == nil)
        #expect(SocketAddress(unixPath: "/a\0b") == nil)
        #expect(throws: AddressError.self) { try ListenAddress("127.0.0.1\0:9001") }
        #expect(throws: AddressError.self) { try ListenAddress("unix:/a\0b") }
    }

    @Test func `durations become nanoseconds and are clamped`() {
        #expect(Duration.seconds(2).nanoseconds == 2_000_000_000)
        #expect(Duration.nanoseconds(1).nanoseconds == 1)
        #expect(Duration.zero.nanoseconds == 0)
        #expect(Duration.milliseconds(-1).nanoseconds == 0)
        #expect(Duration.seconds(-5).nanoseconds == 0)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
    }

    @Test func `an error says what was attempted and what the system answered`() {
        let error = SocketError("listen on 127.0.0.1:80", code: 13)
        #expect(error.description == "listen on 127.0.0.1:80: Permission denied")
    }
}
