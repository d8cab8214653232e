extension Catalogue {
    /// Opening handshake, client under test (RFC 6455 §3, §4.1, §11.1; RFC 9110 §15.2).
    static let handshakeClientRows = RowGroup(
        name: "H2", title: "Opening handshake, client under test",
        source: "RFC 6455 §3, §4.1, §11.1; RFC 9110 §15.2",
        table: #"""
            | H-200 | C | MUST | impl | Request line GET, HTTP/1.1, origin-form path + query; empty path sent as `/`; `?q` kept |
            | H-201 | C | MUST | no | URI fragment never on the wire; URI with fragment rejected or stripped |
            | H-202 | C | MUST | impl | Host = host, plus `:port` when non-default; IPv6 literal bracketed; no userinfo; default port omitted (INFO) |
            | H-203 | C | MUST | impl | Upgrade contains `websocket`, Connection contains `Upgrade` |
            | H-204 | C | MUST | part | Exactly one Sec-WebSocket-Key, 24 characters, decodes to 16 octets, pad bits zero (22nd char in A Q g w; erratum 3150) |
            | H-205 | C | MUST | no | 1 000 connections (and 2 process runs): no repeated key, bit-balance test passes (changed: 300 connections and 20 of a second run: what 1 000 show of repetition and balance, these show) |
            | H-206 | C | SEC | no | Key is not a published sample nor constant |
            | H-207 | C | MUST | impl | Exactly one Sec-WebSocket-Version: 13 |
            | H-208 | C | MUST | no | Sec-WebSocket-Protocol: non-empty unique tokens, order as requested; absent when none requested |
            | H-209 | C | MUST | no | Sec-WebSocket-Extensions obeys the ABNF, offers only registered/defined parameters |
            | H-210 | C | MUST | no | Browser-class client sends Origin; others only if configured (changed: an Origin of a client that is no browser is recorded, since nobody sees whether it was configured) |
            | H-211 | C | MUST | no | No request body; no Content-Length > 0, no Transfer-Encoding |
            | H-212 | C | MUST | no | 101 delayed 2 s → client sends nothing after its request |
            | H-213 | C | MUST | no | Invalid URI parts (scheme, port 65536, empty host, space, control char, userinfo rules) → fails before connecting (changed: a path that is encoded instead, as browsers do, is non-strict) |
            | H-214 | C | MUST | no | Non-ASCII path/query percent-encoded as UTF-8; IDN host converted to ASCII (§11.1) (changed: a client whose API takes URIs alone may refuse; the host is `localhost` in full-width letters, since no other name resolves everywhere) |
            | H-215 | C | SEC | no | CR/LF/NUL in path, header value, subprotocol or extension option supplied by the app → refused or encoded, never injected (CVE-2026-1527 class) (changed: without extension options, which adapters do not pass on) |
            | H-216 | C | MUST | no | Two dials to the same IP:port: at most one in CONNECTING at a time (§4.1 step 2; libraries graded INFO, browsers MUST) |
            | H-217 | C | MUST | no | Connection refused / no answer → failure reported (1006), no hang beyond timeout (changed: the peer without an answer accepts TCP and says nothing; for clients that declare handshake-timeout) |
            | H-218 | C | SHOULD | no | Configured HTTP proxy: CONNECT host:port first; 407/502 → fail; bytes after proxy 200 not lost (changed: bytes after the 200 come in segments of their own; a WebSocket server never speaks first) |
            | H-219 | C | MUST | no | 101 with header names lower/UPPER/mixed → OPEN |
            | H-220 | C | MUST | no | 101 with `Upgrade: WebSocket` / `WEBSOCKET` → OPEN |
            | H-221 | C | MUST | no | 101 with `Connection: upgrade`, `keep-alive, Upgrade`, two Connection lines, padded → OPEN (token match, not whole-string) |
            | H-222 | C | MUST | no | Reason phrase empty, unusual, or obs-text → OPEN |
            | H-223 | C | MUST | no | Accept value with leading/trailing SP/HTAB → OPEN |
            | H-224 | C | MUST | no | 101 one octet per segment; 101 cut at every offset → OPEN |
            | H-225 | C | MUST | no | 101 + first frame, + many frames, + frame and a half, in the same segment → all delivered in order |
            | H-226 | C | MUST | no | 101 + Close frame in the same segment → open then close with that code |
            | H-227 | C | MUST | no | Upgrade missing / `h2c` / `websocket, h2c` → NOCONN |
            | H-228 | C | MUST | no | Connection missing / without Upgrade token → NOCONN |
            | H-229 | C | MUST | no | Accept missing → NOCONN |
            | H-230 | C | MUST | no | Accept wrong: random, for other key, of decoded key, lower-cased, URL-safe alphabet, no padding, plus suffix, key itself, empty → NOCONN |
            | H-231 | C | MUST | no | Two Accept headers (equal, different) → NOCONN |
            | H-232 | C | MUST | no | Status 200, 201, 204, 206, 301, 302, 307, 308, 400, 401, 403, 404, 426, 503 → NOCONN; status exposed to caller |
            | H-233 | C | SHOULD | no | `HTTP/1.0 101`, `HTTP/2 101` → NOCONN |
            | H-234 | C | MUST | no | Interim 100, 102, 103 before the 101 → skipped, then OPEN (RFC 9110 §15.2) |
            | H-235 | C | ROB | no | Endless interim 1xx responses → bounded by count or handshake timeout (changed: for clients that declare handshake-timeout) |
            | H-236 | C | SEC | no | 3xx: not followed by default, or capped; never wss→ws; Authorization/Cookie dropped on cross-origin; loop stops (changed: following is capped at 60 requests in a loop; the downgrade is tried with certificates of the suite's own) |
            | H-237 | C | MUST | no | Subprotocol returned though none requested → NOCONN |
            | H-238 | C | MUST | no | Subprotocol not in the requested list, or differing only by case, or list of two → NOCONN |
            | H-239 | C | MUST | no | Two Sec-WebSocket-Protocol headers / empty value → NOCONN |
            | H-240 | C | INFO | no | Subprotocol requested but none returned: RFC allows OPEN; WHATWG profile requires NOCONN |
            | H-241 | C | MUST | no | Extension returned though none offered / not the one offered → NOCONN |
            | H-242 | C | MUST | no | Malformed Sec-WebSocket-Extensions (empty, `;`, `a;=b`, unterminated quote, `a b`, control char) → NOCONN (§9.1) (changed: the empty value is an empty list, which recipients may accept (RFC 9110 §5.6.1.2): opening is non-strict) |
            | H-243 | C | MUST | no | Sec-WebSocket-Extensions split over two response lines → treated as one list (erratum 3433 corrects §11.3.2) (changed: no client offers two extensions; the second line is empty (OPEN, NOCONN is non-strict) or names one that was not offered (NOCONN)) |
            | H-244 | C | ROB | no | 101 with Content-Length 0, Content-Length 5, or chunked: OPEN with following octets as frames, or NOCONN; never swallow frames |
            | H-245 | C | ROB | no | Status line 64 KiB, header 1 MiB, 10 000 headers, endless header → NOCONN, bounded memory and near-linear time (CVE-2023-43669) (changed: opening is non-strict where the answer has an end; endless ones are sent up to 32 MiB) |
            | H-246 | C | ROB | no | Response dribbled and never finished → handshake timeout (changed: for clients that declare handshake-timeout) |
            | H-247 | C | MUST | no | FIN or RST before, inside, right after the 101 → failure or 1006; no hang |
            | H-248 | C | MUST | no | Non-HTTP garbage / `ICY 200` / SSH banner → NOCONN |
            | H-249 | C | ROB | no | Non-101 with endless body / chunk bomb → bounded (changed: up to 32 MiB) |
            | H-250 | C | MAY | no | 426 with Sec-WebSocket-Version: 8 → no endless retry |
            | H-251 | C | MAY | no | Set-Cookie in 101 handled by the cookie jar if one is configured |
            | H-252 | C | SHOULD | no | App closes during CONNECTING → connection aborted, no frame sent |
            | H-253 | C | SHOULD | no | Client requiring an extension the server omitted → Close 1010 naming it (§7.4.1) or NOCONN (changed: adapters cannot require an extension, so that a client which opens without one passes) |
            | H-254 | C | SHOULD | no | 401 with Basic/Digest challenge: optional retry with credentials; never loops |
            """#)
}
