import Testing

@testable import WebSocketProtocol

@Suite struct OriginPolicyTests {
    @Test(arguments: [
        "https://good.example", "https://GOOD.example", "HTTPS://good.Example", "https://good.example:443",
        "http://good.example:8080", "http://[2001:DB8::1]", "app://local",
    ])
    func `H-049: an origin on the list passes`(_ origin: String) throws {
        let policy = try OriginPolicy(
            allowing: ["https://good.example", "http://Good.example:8080", "http://[2001:db8::1]:80", "app://local"])
        #expect(policy.allows(origin))
    }

    @Test(arguments: [
        "http://good.example", "https://good.example:8443", "https://good.example.evil.example",
        "https://evilgood.example",
        "https://good.example@evil.example", "https://evil.example@good.example", "https://good.example.",
        "https://www.good.example", "null", "https://good.example https://evil.example", "", "good.example",
        "//good.example",
        "https://", "https:///", "https://good.example/", "https://good.example/path", "https://good.example?",
        "https://good.example#",
        "https://good.example:", "https://good.example:0443x", "https://good%2Eexample", "https://g\u{F6}od.example",
        "https:good.example", "https:\\\\good.example", " https://good.example", "https://good.example\0",
        "https://[good.example]", "file://good.example",
    ])
    func `H-050 to H-052: look-alikes and other origins do not pass`(_ origin: String) throws {
        #expect(try !OriginPolicy(allowing: ["https://good.example"]).allows(origin))
        #expect(OriginPolicy.any.allows(origin))
    }

    @Test func `H-053: a missing origin passes unless it is forbidden`() throws {
        #expect(try OriginPolicy(allowing: ["https://a"]).allows(nil))
        #expect(try !OriginPolicy(allowing: ["https://a"], allowsMissing: false).allows(nil))
        #expect(OriginPolicy.any.allows(nil))
    }

    @Test(arguments: [
        "", "null", "*", "good.example", "https://good.example/", "https://u@good.example", "https://a:0",
    ])
    func `an entry that is no origin is refused`(_ entry: String) {
        #expect(throws: OriginError(origin: entry)) { try OriginPolicy(allowing: ["https://a", entry]) }
    }
}
