extension Catalogue {
    /// Opening handshake, server under test (RFC 6455 §4.2, §4.4, §11.3; HTTP semantics RFC 9110, syntax RFC 9112).
    static let handshakeServerRows = RowGroup(
        name: "H", title: "Opening handshake, server under test",
        source: "RFC 6455 §4.2, §4.4, §11.3; HTTP semantics RFC 9110, syntax RFC 9112",
        table: #"""
            | H-001 | S | MUST | impl | Minimal valid GET upgrade → 101; `Upgrade: websocket`, `Connection` holding token `Upgrade`, one `Sec-WebSocket-Accept`. Vector: key `dGhlIHNhbXBsZSBub25jZQ==` → `s3pPLMBiTxaQ9kYGzzhZRbK+xOo=` |
            | H-002 | S | MUST | impl | 200 random keys → Accept = base64(SHA-1(key text + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11)) every time |
            | H-003 | S | MUST | impl | 101 status line starts `HTTP/1.1 101 ` and header block ends CRLF CRLF with no body octets before the first frame |
            | H-004 | S | MUST | no | 101 contains exactly one each of Upgrade, Sec-WebSocket-Accept; at most one Sec-WebSocket-Protocol (§11.3.3, §11.3.4) |
            | H-005 | S | MUST | no | 101 carries neither Content-Length nor Transfer-Encoding (RFC 9110 §8.6, RFC 9112 §6.1) |
            | H-006 | S | SHOULD | no | 101 carries no Sec-WebSocket-Version (header is for rejection only) |
            | H-007 | S | MUST | no | Request header names in lower, UPPER, Title, mIxEd case → OPEN |
            | H-008 | S | MUST | no | Random permutations of header order → OPEN |
            | H-009 | S | MUST | no | `Upgrade: WebSocket`, `WEBSOCKET`, `websocket` → OPEN (ASCII case-insensitive) |
            | H-010 | S | MUST | no | `Connection` as `Upgrade`, `upgrade`, `keep-alive, Upgrade`, `Upgrade,keep-alive`, tab/space padded, two header lines, with unknown extra tokens → OPEN |
            | H-011 | S | SHOULD | no | `Upgrade: websocket, h2c` and `h2c, websocket` → OPEN or REJECT; never a switch to the other protocol |
            | H-012 | S | MUST | no | Unknown and very unusual but legal headers (token symbols in name, empty value, obs-text value) → ignored, OPEN (changed: to refuse obs-text is NON-STRICT, RFC 9110 §5.5 only recommends to take it as opaque) |
            | H-013 | S | MUST | no | SP/HTAB before and after every header value incl. Key and Version → OPEN, Accept computed on the trimmed key |
            | H-014 | S | MUST | no | Absolute-form request target (`GET http://host/path HTTP/1.1`) → OPEN, path taken from it |
            | H-015 | S | MUST | no | Path plus query with percent-encoding → OPEN, query not lost (needs info endpoint) |
            | H-016 | S | MUST | no | POST, PUT, HEAD, OPTIONS, DELETE, PATCH, CONNECT with otherwise valid headers → REJECT(405 with Allow; 400/501 lenient) (changed: HEAD and OPTIONS have answers of their own, so any but 101 will do; other methods may be answered with 2xx or 3xx, and 405 may lack Allow, NON-STRICT: RFC 6455 says nothing about requests that are no handshake) |
            | H-017 | S | MUST | no | Method `get` (lower case) → REJECT(400/405/501), methods are case-sensitive |
            | H-018 | S | MUST | no | HTTP/1.0 with valid upgrade headers → not 101 (400/426/505 or ordinary HTTP answer; Upgrade in 1.0 is ignored, RFC 9110 §7.8) |
            | H-019 | S | ROB | no | Versions HTTP/0.9 (no version), HTTP/2.0, HTTP/1.10, `http/1.1` → REJECT(400/505) or close; no crash (changed: RFC 6455 §4.2.1 says "HTTP/1.1 or higher", so 101 to HTTP/2.0 is NON-STRICT) |
            | H-020 | S | MUST | no | HTTP/1.1 without Host → REJECT(400) (RFC 9112 §3.2) |
            | H-021 | S | MUST | no | Two Host lines (same / different) → REJECT(400) |
            | H-022 | S | MUST | no | Host values `a b`, `host:99999`, `host:abc`, `[::1` → REJECT(400) (changed: a port is any digits by RFC 3986 §3.2.3, so 101 to `host:99999` is NON-STRICT) |
            | H-023 | S | MUST | no | No Upgrade header → not 101 (426 carrying Upgrade: websocket, 400, or plain HTTP) |
            | H-024 | S | MUST | no | Upgrade `h2c`, `websocketx`, `web socket`, empty → not 101 |
            | H-025 | S | MUST | no | No Connection header → not 101 |
            | H-026 | S | MUST | no | Connection `keep-alive`, `close`, `Upgraded`, `not-upgrade` → not 101 |
            | H-027 | S | MUST | no | No Sec-WebSocket-Key → REJECT(400) |
            | H-028 | S | MUST | no | Key empty; decoding to 0, 8, 15, 17, 20 octets → REJECT(400) |
            | H-029 | S | MUST | no | Key not base64: URL-safe alphabet, inner space, unpadded 22 chars, extra `=`, non-ASCII, `!!!` → REJECT(400) |
            | H-030 | S | MUST | no | Two Key lines (equal, different) or comma-joined → REJECT(400) (§11.3.1) |
            | H-031 | S | INFO | no | Key with non-zero pad bits `AQIDBAUGBwgJCgsMDQ4PEC==` (erratum 3150): accept or 400; if 101, Accept must use the raw text, not a re-encoded key |
            | H-032 | S | MUST | no | No Sec-WebSocket-Version → REJECT(400/426), Sec-WebSocket-Version: 13 in answer preferred |
            | H-033 | S | MUST | no | Version 0, 4, 7, 8, 12, 14, 25, 99, 255 → not 101; status 426 (400 lenient); MUST carry Sec-WebSocket-Version listing 13 (§4.2.2, §4.4) (changed: 7 and 8 are drafts with the handshake and frames of 13, and a server may understand several versions: 101 to these is NON-STRICT) |
            | H-034 | S | MUST | no | If 426 is used it carries an Upgrade header (RFC 9110 §15.5.22) |
            | H-035 | S | MUST | no | Malformed versions `013`, `13.0`, `+13`, `0x0d`, `13;q=1`, `-1`, `256`, empty, fullwidth digits → REJECT(400/426) |
            | H-036 | S | MUST | no | Two Version lines (13+13, 13+8) or `13, 8` → REJECT(400) (§11.3.5) (changed: 426 is as good as 400, because `13, 8` is a version that no server has) |
            | H-037 | S | SHOULD | no | After version rejection a retry with 13 (same connection if kept alive, else new) → OPEN |
            | H-038 | S | MUST | no | Client offers no subprotocol → answer has no Sec-WebSocket-Protocol |
            | H-039 | S | MUST | no | Only unsupported subprotocols offered → 101 without the header (or REJECT if policy), never an invented, empty or echoed value |
            | H-040 | S | MUST | no | Supported one present at first/middle/last position → exactly that one value, octet-identical |
            | H-041 | S | MUST | no | Several supported → exactly one; record whether client or server preference wins (INFO) |
            | H-042 | S | MUST | no | Offer split over 2–3 header lines equals one list (§11.3.4) |
            | H-043 | S | MUST | no | Spaces/tabs around commas tolerated |
            | H-044 | S | SHOULD | no | Offer `CHAT` while `chat` configured → not selected, or answer octet-identical to a client element; never a value the client did not send |
            | H-045 | S | MUST | no | Invalid tokens in list (`a b`, `a/b`, `a;b`, `a"b`, NUL, 0x7f, 0xff) → REJECT(400) |
            | H-046 | S | INFO | no | Empty elements `a,,b`, leading/trailing comma, empty value: accept set {ignore, 400}; never an empty answer value |
            | H-047 | S | SHOULD | no | Duplicate elements `a, a` → REJECT(400) or treated once; answer still single |
            | H-048 | S | ROB | no | 1 000 subprotocols / 8 KiB list of spaces / 64 KiB token → answer within T, linear time (CVE-2021-32640 pattern) |
            | H-049 | S | SHOULD | no | Allow-listed Origin → OPEN; host part compared case-insensitively |
            | H-050 | S | MUST | no | Origin outside allow-list → no 101; REJECT(403) (403 itself SHOULD, §10.2) |
            | H-051 | S | SEC | no | Look-alike origins vs allow-list https://good.example: http scheme, other port, suffix host, prefix host, userinfo trick, trailing dot, extra label, `null`, space-joined list → REJECT(403) |
            | H-052 | S | SEC | no | Two Origin headers, or unparsable Origin → REJECT(400/403) |
            | H-053 | S | INFO | no | No Origin with allow-list set: record policy (accept = non-browser allowed; must not be treated as a browser, §4.2.1 item 7) |
            | H-054 | S | MUST | no | Resource not served → REJECT(404) (§4.2.2) (changed: a server that serves every path cannot fail: INFO, or NON-STRICT where its capability file declares several paths) |
            | H-055 | S | SEC | no | Path tricks `//ws`, `/./ws`, `/ws%2f..`, `/WS`, `/ws;x` must not bypass a path-bound policy (changed: `/x%2f..%2fws` instead of `/ws%2f..`, which a server that decodes and merges rightly takes for `/`; judged on the credentials fixture) |
            | H-056 | S | SHOULD | no | Bad request targets: no leading slash, raw space, control char, `#frag`, empty → REJECT(400) (changed: level, RFC 9112 §3.2 recommends 400, so 101, another error or the end of the connection is NON-STRICT) |
            | H-057 | S | MUST | no | Auth-required endpoint without credentials → REJECT(401) with WWW-Authenticate; no 101 |
            | H-058 | S | MAY | no | Redirecting endpoint → 3xx with Location, connection remains plain HTTP |
            | H-059 | S | MUST | no | Every rejection is a complete, parseable HTTP response (framing by length, chunked or close); silent TCP drop on a syntactically valid HTTP request = FAIL (§4.2.1) (changed: a request with a body is one of them) |
            | H-060 | S | MUST | no | After a rejection following octets are never parsed as WebSocket frames (changed: the end of the connection is a PASS here) |
            | H-061 | S | MUST | no | Handshake delivered one octet per TCP segment → OPEN |
            | H-062 | S | MUST | no | Handshake cut in two at every offset (all ~160 offsets) → OPEN |
            | H-063 | S | ROB | no | First frame(s) coalesced with the request in one segment (client fault): either all processed in order or clean rejection; never lost, reordered or desynchronised (changed: the end of the connection or a Close is NON-STRICT, 0.4 calls it the client's fault) |
            | H-064 | S | ROB | no | Half a frame coalesced with the request, rest later → no desync |
            | H-065 | S | SHOULD | no | One empty line before the request line ignored (RFC 9112 §2.2) |
            | H-066 | S | INFO | no | Bare LF line ends: accept or 400, consistently |
            | H-067 | S | MUST | no | Bare CR, NUL or other CTL inside a header value → REJECT(400) or value sanitised; never reflected |
            | H-068 | S | MUST | no | Whitespace between header name and colon → REJECT(400) (RFC 9112 §5.1) |
            | H-069 | S | MUST | no | obs-fold continuation line → REJECT(400) or folded to SP; not parsed as a new header (§5.2) |
            | H-070 | S | SHOULD | no | Line without colon, empty name, non-token name, space-led first header → REJECT(400) (changed: level, RFC 9112 §2.2 recommends 400, so 101 or the end of the connection is NON-STRICT; to skip a space-led first line is allowed there) |
            | H-071 | S | SEC | no | GET + Content-Length N + body + frames: body octets must not be taken as frames (consume, or REJECT 400/413 and close; CVE-2018-12541 class) (changed: the end of the connection without an answer is safe, NON-STRICT here, and H-059's to judge) |
            | H-072 | S | SEC | no | GET + Transfer-Encoding: chunked with upgrade → same rule |
            | H-073 | S | SEC | no | Content-Length together with Transfer-Encoding, or differing Content-Lengths → REJECT(400), close |
            | H-074 | S | MUST | no | `Expect: 100-continue` with Upgrade and a body → 100 before 101, or a final 4xx (RFC 9110 §7.8) |
            | H-075 | S | MUST | no | Request target of 16 KiB / 1 MiB, if refused → REJECT(414; RFC 9112 §3; other 4xx lenient), bounded memory |
            | H-076 | S | MUST | no | One header of 64 KiB / 1 MiB, if refused → REJECT(431; any 4xx, RFC 9110 §5.4) |
            | H-077 | S | ROB | no | 200 / 2 000 / 100 000 header lines → REJECT(431/400) or OPEN; process stays alive (CVE-2024-37890 pattern) |
            | H-078 | S | ROB | no | Slow handshake (1 octet/s forever; headers never end) → closed by handshake timeout (408 optional) (changed: two octets or lines a second) |
            | H-079 | S | ROB | no | TCP connect and silence → closed by handshake timeout |
            | H-080 | S | ROB | no | FIN after half request; RST after half request → descriptor released, no log storm, no crash |
            | H-081 | S | SHOULD | no | Keep-alive: ordinary GET, then upgrade on same connection → OPEN; failed upgrade then valid upgrade → OPEN or closed (changed: an answer that announces the end of the connection is a PASS, RFC 9112 §9.6) |
            | H-082 | S | MUST | no | Plain HTTP request sent after 101 (`GET /`) → FAIL(1002): 0x47 has RSV bits and opcode 7 |
            | H-083 | S | ROB | no | Hixie-76 request (Sec-WebSocket-Key1/2 + 8 octets) → REJECT, no 101 |
            | H-084 | S | ROB | no | TLS ClientHello on plain port; HTTP/2 preface on 1.1 port; 4 KiB random octets → error or close, no crash (changed: octets without the end of a head may still become one, so the end has to come at the latest when ours does) |
            | H-085 | S | SHOULD | no | Unsupported-resource check precedes or follows header checks consistently; error body leaks no stack trace or path |
            """#)
}
