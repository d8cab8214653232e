import Testing

@testable import WebSocketProtocol

@Suite struct HTTPHeadersTests {
    private static let headers = HTTPHeaders([
        ("Host", "a"), ("Accept", "x, y"), ("ACCEPT", ",z ,"), ("X-Empty", ""), ("Connection", "Keep-Alive, Upgrade"),
    ])

    @Test func `names are found in any case, values in order`() {
        #expect(Self.headers.first(for: "hOST") == "a")
        #expect(Self.headers.values(for: "accept") == ["x, y", ",z ,"])
        #expect(Self.headers.tokens(for: "Accept") == ["x", "y", "z"])
        #expect(Self.headers.first(for: "X-Empty") == "")
        #expect(Self.headers.contains("x-empty"))
        #expect(Self.headers.first(for: "Hos") == nil)
        #expect(Self.headers.values(for: "Hosts").isEmpty)
        #expect(!Self.headers.contains(""))
    }

    @Test func `tokens of a list are found whole`() {
        #expect(Self.headers.contains(token: "UPGRADE", in: "connection"))
        #expect(Self.headers.contains(token: "z", in: "accept"))
        #expect(!Self.headers.contains(token: "alive", in: "Connection"))
        #expect(!Self.headers.contains(token: "", in: "Accept"))
        #expect(!Self.headers.contains(token: "x, y", in: "Accept"))
    }

    @Test func `headers are a list of names and values`() {
        #expect(Self.headers.map(\.name) == ["Host", "Accept", "ACCEPT", "X-Empty", "Connection"])
        #expect(Self.headers.map(\.value) == ["a", "x, y", ",z ,", "", "Keep-Alive, Upgrade"])
        #expect(HTTPHeaders().isEmpty)
    }

    @Test func `equality is that of names in any case, values and order`() {
        #expect(HTTPHeaders([("A", "b"), ("C", "d")]) == HTTPHeaders([("a", "b"), ("c", "d")]))
        #expect(HTTPHeaders([("A", "b")]) != HTTPHeaders([("A", "B")]))
        #expect(HTTPHeaders([("A", "b"), ("C", "d")]) != HTTPHeaders([("C", "d"), ("A", "b")]))
        #expect(HTTPHeaders([("A", "K")]) != HTTPHeaders([("A", "\u{212A}")]))
    }

    @Test func `a description shows no values`() {
        #expect(HTTPHeaders([("Authorization", "secret"), ("B", "c")]).description == "[Authorization, B]")
    }

    @Test func `every octet is of the classes that RFC 9110 says`() {
        let symbols = Set("!#$%&'*+-.^_`|~".utf8)
        for octet in UInt8.min...UInt8.max {
            let isAlphanumeric =
                (0x30...0x39).contains(octet) || (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet)
            #expect(octet.isToken == (isAlphanumeric || symbols.contains(octet)), "\(octet)")
            #expect(octet.isFieldContent == (octet == 9 || octet >= 32 && octet != 127), "\(octet)")
            #expect(octet.isHexDigit == "0123456789abcdefABCDEF".utf8.contains(octet), "\(octet)")
        }
    }
}
