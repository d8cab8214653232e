extension Catalogue {
    /// TLS transport, HTTP/2, HTTP/3 (RFC 6455 §4.1, §10.6; RFC 8441; RFC 9220; RFC 9113; RFC 8307).
    static let transportRows = RowGroup(
        name: "T", title: "TLS transport, HTTP/2, HTTP/3",
        source: "RFC 6455 §4.1, §10.6; RFC 8441; RFC 9220; RFC 9113; RFC 8307",
        table: #"""
            | T-001 | B | MUST | config wss only | Core cases F-001, P-001, C-001, U-002, D-001, F-038 repeated over TLS |
            | T-002 | B | MUST | no | TLS records cut frames at random, 1-octet records, 16 KiB records → ECHO |
            | T-003 | B | SHOULD | no | TLS close_notify sent on orderly close |
            | T-004 | B | MUST | no | TCP FIN without close_notify and without Close → 1006; truncated data not delivered |
            | T-005 | B | SHOULD | no | TLS 1.2 and 1.3 work; ≤ 1.1 refused (RFC 8996) |
            | T-006 | S | MUST | no | SNI for a host not served → alert or close, no plain-text answer |
            | T-007 | B | MUST | no | ALPN: http/1.1 chosen for Upgrade; if h2 is negotiated no HTTP/1.1 Upgrade is sent/accepted on it |
            | T-008 | B | SHOULD | no | TLS 1.3 KeyUpdate / session resumption mid-stream → transparent |
            | T-009 | S | MUST | no | Failed TLS handshake → closed, no leak |
            | T-020 | S | MUST | no | HTTP/2 server supporting WebSocket sends SETTINGS_ENABLE_CONNECT_PROTOCOL (0x8) = 1 in its first SETTINGS |
            | T-021 | B | MUST | no | Setting value only 0 or 1; never 1 then 0 |
            | T-022 | C | MUST | no | Client without having seen 0x8=1 never sends :protocol (waits for SETTINGS, or uses HTTP/1.1) |
            | T-023 | C | MUST | no | Peer sends value 2, or 1 then 0 → connection error PROTOCOL_ERROR |
            | T-024 | S | MUST | no | CONNECT, :protocol websocket, :scheme, :path, :authority, sec-websocket-version 13 → :status 200, stream open; no 101, no sec-websocket-accept |
            | T-025 | S | MUST | no | :protocol with :scheme / :path / :authority missing → malformed: RST_STREAM PROTOCOL_ERROR or 400 |
            | T-026 | S | MUST | no | :protocol with GET; :protocol repeated → malformed |
            | T-027 | S | SHOULD | no | :protocol unknown → 501 (RFC 9220 §3; also used for h2) |
            | T-028 | S | MUST | no | connection, upgrade, or host-mismatch headers in the CONNECT → malformed (RFC 9113 §8.2.2) |
            | T-029 | S | MUST | no | Sec-WebSocket-Key present or absent → ignored; not required |
            | T-030 | S | MUST | no | Version 12 or missing → 4xx with sec-websocket-version: 13 |
            | T-031 | S | MUST | no | Subprotocol, extension, Origin, 401/404 rules identical to HTTP/1.1 (H-038…H-057, X-*) |
            | T-032 | C | MUST | no | Client request: :method CONNECT, :protocol websocket, :scheme https for wss / http for ws, lower-case names, none of connection/upgrade/sec-websocket-key |
            | T-033 | B | MUST | no | Masking rules unchanged on HTTP/2: unmasked client frame → FAIL(1002) on that stream |
            | T-034 | B | MUST | no | One frame over many DATA frames, many frames in one DATA, padded DATA, empty DATA → ECHO |
            | T-035 | B | MUST | no | Flow control: 1 MiB each way with 65 535 window; SUT never exceeds peer window and returns WINDOW_UPDATE as it consumes |
            | T-036 | B | MUST | no | After Close exchange SUT ends the stream with END_STREAM; connection stays up |
            | T-037 | B | MUST | no | Peer RST_STREAM(CANCEL) or END_STREAM without Close → 1006; sibling streams unaffected |
            | T-038 | B | MUST | no | WebSocket protocol error on one stream does not kill the connection |
            | T-039 | B | MUST | no | 100 WebSocket streams plus ordinary requests interleaved → isolated, fair |
            | T-040 | B | MUST | no | GOAWAY and MAX_CONCURRENT_STREAMS respected |
            | T-041 | C | MUST | no | :status 101, 404, 503 to extended CONNECT → NOCONN; any 2xx → OPEN |
            | T-042 | S | ROB | no | Rapid reset, CONTINUATION flood, SETTINGS flood with WebSocket streams → bounded |
            | T-043 | S | MUST | no | Server without support: CONNECT with :protocol → RST_STREAM PROTOCOL_ERROR / 400, not 200 |
            | T-044 | B | MUST | no | HEADERS (not trailers) inside an open WebSocket stream → stream error |
            | T-045 | B | MUST | no | F-001, F-038, M-001, P-001, C-001, C-011, U-006, D-001, D-012, D-032, L-001, L-002 repeated over HTTP/2 |
            | T-050 | S | MUST | no | HTTP/3: SETTINGS 0x08 = 1; extended CONNECT → 200 |
            | T-051 | S | SHOULD | no | HTTP/3: unknown :protocol → 501 |
            | T-052 | B | MUST | no | HTTP/3: orderly close = FIN on the stream; abort = H3_REQUEST_CANCELLED (0x010c) |
            | T-053 | B | MUST | no | HTTP/3: missing :scheme/:path with :protocol → H3_MESSAGE_ERROR (0x010e) |
            | T-060 | S | INFO | no | RFC 8307: ws/wss share /.well-known/ space; path passed through unchanged |
            """#)
}
