import Testing

@testable import LoadGenerator

/// Scenarios with faults, and everything a reader says about them: line, column and sentence.
///
/// A row is put into ``ScenarioFixture``, whose `target` stands in line 2, `behaviours` in 3, `load` in 4; further keys
/// begin in line 5.
@Suite struct FaultyServerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let problems: [String]
        var testDescription: String { text }

        init(_ text: String, _ problems: String...) {
            self.text = text
            self.problems = problems
        }
    }

    @Test(arguments: [
        Row("server: { embeded: {} }", "5:11: unknown key `embeded`; did you mean `embedded`?"),
        Row("server: { embedded: {} }", "5:21: `embedded` needs `echo`; write for example `echo: {}`"),
        Row(
            "server: { embedded: { echo: { loops: 0 } } }",
            "5:38: `loops`: `0` is not possible, it must be between 1 and 256"),
        Row(
            "server: { embedded: { echo: { max_message: 16 } } }",
            "5:44: `max_message`: `16` has no unit, a size needs one; write for example `16B`"),
        Row(
            "server: { embedded: { echo: { deflate: dedicated:16 } } }",
            "5:40: `dedicated:16` is no value of `deflate`; it is off, shared, dedicated, dedicated:11 (window bits) or "
                + "dedicated:11:4 (and memory level)"),
        Row(
            "server: { embedded: { echo: {} }, start: a }",
            "5:35: `server` has both `embedded` and `start`; only one can be started"),
        Row(
            #"server: { start: "" }"#,
            "5:18: `start` names no program; write for example `start: ./server --listen 127.0.0.1:9001`"),
        Row(
            #"server: { start: "a | b" }"#,
            #"5:18: `|` means something to a shell, but the command is not given to one; quote it, or write `[sh, -c, "…"]`"#
        ),
        Row(#"server: { start: "a 'b" }"#, "5:18: the ' of the command is not closed"),
        Row(
            "server: { start: { a: b } }",
            "5:18: `start` is a command, not a mapping; write for example `start: ./server --listen 127.0.0.1:9001`"),
        Row(
            "server: { start: a, ready: soon }",
            #"5:28: `ready` is `none` or for example `{ tcp: "127.0.0.1:9001", within: 10s }`, not `soon`"#),
        Row(
            #"server: { start: a, ready: { tcp: "localhost" } }"#,
            "5:35: `tcp`: the port is missing in `localhost`; write `localhost:9001`"),
        Row(
            #"server: { start: a, ready: { tcp: "a:99999", within: 5 } }"#,
            #"5:35: `tcp`: `a:99999` is no address (the port in "a:99999" is not a number from 1 to 65535); write for example `127.0.0.1:9001`"#,
            "5:54: `within`: `5` has no unit, a duration needs one; write for example `5s`"),
        Row(
            "server: { sample: { pid: auto } }",
            "5:26: `pid: auto` is the process that `server` starts, but it starts none; write for example `pid: 4711`"),
        Row(
            "server: { sample: { pid: self } }",
            "5:26: `pid`: `self` is not a whole number from 1 to 2147483647; write for example `4711`"),
        Row(
            "server: { start: a, sample: { every: 1ms } }",
            "5:38: `every`: `1ms` is not possible, it must be between 10ms and 1m"),
        Row(
            "server: { start: a, sample: { every: 250 } }",
            "5:38: `every`: `250` has no unit, a duration needs one; write for example `250s`"),
        Row(
            "server: { start: a, sample: { of: [cpu, ram] } }",
            "5:41: `ram` is no value of `of`; it is one of `cpu`, `rss`, `fds`, `tcp_mem`"),
        Row(
            "server: { start: a, sample: { of: [cpu, tcpmem] } }",
            "5:41: `tcpmem` is no value of `of`; did you mean `tcp_mem`?"),
        Row("server: { start: a, sample: { of: [] } }", "5:35: `of` is empty; to sample nothing write `sample: none`"),
        Row("server: { start: a, sample: { of: [cpu, cpu] } }", "5:41: `cpu` appears twice in `of`"),
        Row("server: { start: a, sample: { also: [redis] } }", "5:31: this version does not have `also` yet"),
    ])
    func `faults in server are found`(_ row: Row) {
        var fixture = ScenarioFixture()
        fixture.more = row.text
        #expect(ScenarioFixture.problems(fixture.text) == row.problems)
    }

    @Test(arguments: [
        Row("{}", "2:9: `target` needs `url`; write for example `url: ws://127.0.0.1:9001/chat`"),
        Row(
            #"{ url: "http://a/" }"#,
            "2:16: the scheme \"http\" is not one of WebSocket; write for example `ws://127.0.0.1:9001/chat`"
        ),
        Row(
            #"{ url: "ws://a:0/" }"#,
            #"2:16: the port in "a:0" is not a number from 1 to 65535; write for example `ws://127.0.0.1:9001/chat`"#),
        Row(
            #"{ url: "ws://a/", tls: { insecure: true } }"#,
            "2:27: `tls` is for a `wss://` target, but `url` is `ws://a/`"),
        Row(
            #"{ url: "wss://a/", tls: { ca: a.pem, insecure: true } }"#,
            "2:46: `tls` has both `insecure` and `ca`; only one can be meant"),
        Row(#"{ url: "wss://a/", tls: { insecure: yes } }"#, "2:45: `insecure` is `true` or `false`, not `yes`"),
        Row(#"{ url: "wss://a/", tls: { certificate: a.pem } }"#, "2:35: `certificate` needs `key` beside it"),
        Row(#"{ url: "wss://a/", tls: { key: a.pem } }"#, "2:35: `key` needs `certificate` beside it"),
        Row(
            #"{ url: "wss://a/", tls: { server_name: "a b" } }"#,
            "2:48: `a b` is not a host name; write for example `server_name: chat.example.com`"),
        Row(
            #"{ url: "wss://a/", tls: { server-name: a } }"#,
            "2:35: unknown key `server-name`; did you mean `server_name`?"),
        Row(#"{ url: "wss://a/", tls: { ca: "" } }"#, "2:39: `ca` is not a path; write for example `ca: ca.pem`"),
        Row(
            #"{ url: "ws://a/", deflate: yes }"#,
            "2:36: `yes` is no value of `deflate`; it is off, shared, dedicated, dedicated:11 (window bits) or "
                + "dedicated:11:4 (and memory level)"),
        Row(#"{ url: "ws://a/", rows: {} }"#, "2:27: this version does not have `rows` yet"),
        Row(
            #"{ url: "ws://a/", subprotocols: chat }"#,
            "2:41: `subprotocols` is a list, not a single value; write for example `subprotocols: [chat.v2]`"),
        Row(
            #"{ url: "ws://a/", subprotocols: ["a b", c, c] }"#,
            "2:42: `a b` is not a subprotocol's name: it is a token (RFC 6455 §4.1)",
            "2:52: the subprotocol `c` appears twice (RFC 6455 §4.1)"),
        Row(
            #"{ url: "ws://a/", headers: { Host: x } }"#,
            "2:38: the header `Host` belongs to the handshake and cannot be set"),
        Row(
            #"{ url: "ws://a/", headers: { sec-websocket-key: x, "a b": y, X-A: "1\n2", a: 1, A: 2 } }"#,
            "2:38: the header `sec-websocket-key` belongs to the handshake and cannot be set",
            "2:60: `a b` is not a header's name (RFC 9110 §5.1)", "2:75: the value of `X-A` holds a control character",
            "2:89: the header `A` appears twice"),
        Row(
            #"{ url: "ws://a/", source_ips: 127.0.0.1 }"#,
            "2:39: `source_ips` is `auto` or a list; write for example `source_ips: [127.0.0.2]`"),
        Row(
            #"{ url: "ws://a/", source_ips: [127.0.0.256] }"#,
            "2:40: `127.0.0.256` is not an IP address; write for example `127.0.0.2`"),
        Row(
            #"{ url: "ws://a/", source_ips: [] }"#, "2:39: `source_ips` is empty; write `auto` or at least one address"),
        Row(#"{ url: "ws://a/", source_ips: [127.0.0.2, 127.0.0.2] }"#, "2:51: the address `127.0.0.2` appears twice"),
    ])
    func `faults in target are found`(_ row: Row) {
        var fixture = ScenarioFixture()
        fixture.target = row.text
        #expect(ScenarioFixture.problems(fixture.text) == row.problems)
    }
}
