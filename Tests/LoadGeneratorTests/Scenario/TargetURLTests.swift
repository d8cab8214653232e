import Testing

@testable import LoadGenerator

@Suite struct TargetURLTests {
    @Test(arguments: [
        ("ws://localhost", "localhost", 80, "/", "ws://localhost:80/"),
        ("wss://example.org", "example.org", 443, "/", "wss://example.org:443/"),
        ("WS://a:9001/x?y=1", "a", 9001, "/x?y=1", "ws://a:9001/x?y=1"),
        ("ws://a?y=1", "a", 80, "/?y=1", "ws://a:80/?y=1"),
        ("ws://[::1]:9001/chat", "::1", 9001, "/chat", "ws://[::1]:9001/chat"),
        ("ws://[::1]", "::1", 80, "/", "ws://[::1]:80/"), ("ws://a:/b", "a", 80, "/b", "ws://a:80/b"),
    ])
    func `a WebSocket URL is read`(_ text: String, _ host: String, _ port: UInt16, _ resource: String, _ full: String)
        throws
    {
        let url = try TargetURL(parsing: text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.resource == resource)
        #expect(url.description == full)
    }

    @Test(arguments: [
        (
            "http://a/",
            "a WebSocket URL begins with `ws://` or `wss://`, not `http://`; write for example `ws://127.0.0.1:9001/chat`"
        ),
        (
            "127.0.0.1:9001",
            "`127.0.0.1:9001` does not begin with `ws://` or `wss://`; write for example `ws://127.0.0.1:9001/chat`"
        ),
        ("", "`` does not begin with `ws://` or `wss://`; write for example `ws://127.0.0.1:9001/chat`"),
        ("ws:/a", "`//` is missing after the scheme; write for example `ws://127.0.0.1:9001/chat`"),
        ("ws:///chat", "the host is missing in ``"), ("ws://:9001/", "the host is missing in `:9001`"),
        ("ws://a:0/", "`0` is not a port between 1 and 65535"),
        ("ws://a:65536/", "`65536` is not a port between 1 and 65535"),
        ("ws://a:+1/", "`+1` is not a port between 1 and 65535"),
        ("ws://a:b:c/", "`b:c` is not a port between 1 and 65535"),
        ("ws://a/#x", "a WebSocket URL has no fragment (`#…`)"),
        ("ws://u:p@a/", "the URL may not hold a user name; use `headers: { authorization: … }`"),
        ("ws://[::1/", "the `[` of the address is not closed"), ("ws://[a]/", "`a` is not an IPv6 address"),
        ("ws://a b/", "a URL has no spaces, control or non-ASCII characters; encode them as %XX"),
        ("ws://a/ü", "a URL has no spaces, control or non-ASCII characters; encode them as %XX"),
        ("ws://a!/", "`a!` is not a host name"),
    ])
    func `what is no WebSocket URL is refused`(_ text: String, _ message: String) {
        #expect(throws: TargetURL.Invalid(message: message)) { try TargetURL(parsing: text) }
    }

    @Test(arguments: [
        ("a b", ["a", "b"]), ("  a\t'b c' ", ["a", "b c"]), (#"a "b \" c" d\ e"#, ["a", "b \" c", "d e"]),
        ("a ''", ["a", ""]),
        (#"'a\b' "c\d""#, [#"a\b"#, #"c\d"#]), ("--x=${y:-a b}", ["--x=${y:-a b}"]), ("a\"b\"'c'", ["abc"]),
    ])
    func `a command is split as a shell would`(_ command: String, _ words: [String]) throws {
        #expect(try CommandWords.split(command) == words)
    }

    @Test(arguments: ["a | b", "a && b", "a > b", "a; b", "a `b`", "a 'b", "a \"b", "a \\"])
    func `what only a shell could do is refused`(_ command: String) {
        #expect(throws: CommandWords.Failure.self) { try CommandWords.split(command) }
    }
}
