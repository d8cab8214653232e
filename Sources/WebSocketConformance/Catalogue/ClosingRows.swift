extension Catalogue {
    /// Closing handshake and status codes (RFC 6455 §5.5.1, §7, IANA close-code registry).
    static let closingRows = RowGroup(
        name: "C", title: "Closing handshake and status codes",
        source: "RFC 6455 §5.5.1, §7, IANA close-code registry",
        table: #"""
            | C-001 | B | MUST | 7.1.1, 7.3.3 | Close 1000 → one Close back; server then ends TCP |
            | C-002 | B | MUST | 7.3.1 | Empty Close → Close back, empty or 1000, never 1005 on the wire |
            | C-003 | B | MUST | 7.3.2 (lenient) | 1-octet Close body → FAIL(1002) |
            | C-004 | B | MUST | 7.3.4, 7.3.5 | Code + reason of 1, 122, 123 octets → Close back |
            | C-005 | B | MUST | 7.3.6 (lenient) | Close body 126 (16-bit form), 127, 65535 octets → FAIL(1002) |
            | C-006 | B | MUST | 7.7.1–7.7.9 | 1000, 1001, 1002, 1003, 1007–1011 accepted as valid |
            | C-007 | B | SHOULD | no | 1012, 1013, 1014 accepted (IANA-registered) rather than answered 1002 |
            | C-008 | B | MUST | 7.7.10–7.7.13 | 3000, 3001, 3999, 4000, 4001, 4999 accepted |
            | C-009 | B | SHOULD | part 7.7 (accepts 1000) | Reply repeats the received code (strict); 1000 = NON-STRICT; no code = NON-STRICT; other = WRONG-CODE |
            | C-010 | B | MUST | part 7.9.1, 7.9.2 | 0, 1, 999, 500 → FAIL(1002) |
            | C-011 | B | MUST | 7.9.3–7.9.5 | 1004, 1005, 1006 → FAIL(1002) |
            | C-012 | B | MUST | no | 1015 → FAIL(1002) (Autobahn list jumps from 1006 to 1016) |
            | C-013 | B | SHOULD | part 7.9.6–7.9.9 | 1016, 1100, 1999, 2000, 2500, 2999 → FAIL(1002) (reserved ranges) |
            | C-014 | B | SHOULD | 7.13.1, 7.13.2 (info) | 5000, 32768, 65535 → FAIL(1002) |
            | C-015 | B | MUST | part 7.5.1 | Reason invalid UTF-8: truncated, overlong, surrogate, lone continuation, 0xFF, > U+10FFFF → FAIL(1007 or 1002) |
            | C-016 | B | MUST | no | Reason with 2-, 3-, 4-octet characters filling exactly 123 octets → accepted |
            | C-017 | B | MUST | 7.1.2 | Two Closes in a row → exactly one Close back |
            | C-018 | B | MUST | 7.1.3 | Ping after Close → no pong |
            | C-019 | B | MUST | 7.1.4 | Text/binary after Close → not echoed, not delivered |
            | C-020 | B | MUST | 7.1.5 | Continuation after Close → not delivered |
            | C-021 | B | MUST | no | Protocol garbage after Close (RSV, opcode 15, unmasked) → no second Close, no 1002, clean end |
            | C-022 | B | MUST | no | At most one Close frame is ever sent per connection (checked in every case) |
            | C-023 | B | MUST | no | SUT sends no data frame after its own Close (changed: pings and pongs are no data, and §5.5.2 asks for pongs until the peer's Close has come) |
            | C-024 | B | MUST | no | Codes on the wire from SUT never 0–999, 1004, 1005, 1006, 1015, 1016–2999, ≥ 5000 (checked in every case) |
            | C-025 | B | MUST | no | Close body from SUT ≤ 125 octets, never 1 octet, reason valid UTF-8 (checked in every case) |
            | C-026 | S | MUST | part | Server ends TCP promptly (default ≤ 1 s) once both Closes are exchanged |
            | C-027 | S | SHOULD | part FAILED BY CLIENT | Server closes TCP first (client keeps socket open) |
            | C-028 | S | SHOULD | no | Orderly FIN, not RST, even when unread client octets are pending; the Close reply is never lost (lingering close) |
            | C-029 | C | SHOULD | no | Client waits for the server's TCP close after the exchange, then closes itself after its own timeout if the server never does (changed: it may also end TCP at once, §7.1.1, which is NON-STRICT) |
            | C-030 | B | ROB | no | SUT-initiated close, peer never answers → TCP ended after close timeout |
            | C-031 | B | ROB | no | SUT-initiated close, peer streams data forever without Close → still ends after timeout, memory bounded |
            | C-032 | B | MUST | no | SUT-initiated close, peer sends 3 more messages then Close → completes cleanly |
            | C-033 | B | MUST | no | Simultaneous Closes crossing on the wire → both clean, no second Close, no error |
            | C-034 | B | MUST | no | FIN without Close → 1006 locally, own side closed, no Close loop (changed: the code is C-045's) |
            | C-035 | B | MUST | no | RST at any time → 1006, no crash, descriptor freed (changed: the code is C-045's) |
            | C-036 | B | MUST | no | Peer sends Close then half-closes (FIN) → SUT's Close reply still arrives |
            | C-037 | B | SHOULD | 7.1.6 (info) | Message immediately followed by Close in one segment → message processed before Close (echo may be cut only at a frame boundary) |
            | C-038 | B | MAY | no | Close received while SUT is mid-fragmented send → remaining fragments then Close, or Close at a frame boundary |
            | C-039 | B | MUST | no | Close frame cut as header, first code octet, second code octet, reason → parsed correctly |
            | C-040 | B | SHOULD | part (code may be absent) | Failure Close carries the right code: 1002 protocol, 1007 data, 1009 size, 1008 policy, 1003 type, 1011 internal (changed: no stimulus makes every peer use the last three, so a server shows them at its fixtures, a client when its adapter is told to) |
            | C-041 | S | SHOULD | no | Graceful shutdown → Close 1001 (or 1012) to every open connection, then drains |
            | C-042 | S | SHOULD | no | Application handler throws → Close 1011, other connections unaffected |
            | C-043 | S | MAY | no | Text-only endpoint gets binary → Close 1003 (changed: server only, and not the reverse: no fixture takes binary only, and what a client's application takes is its own business) |
            | C-044 | B | MUST | no | While failing the connection nothing further is processed, incl. the peer's Close (§7.1.7) (changed: text may be checked by the application's side, so a ping behind invalid text may be answered before it is found, NON-STRICT) |
            | C-045 | C | MUST | no | Local API code: peer's code if Close got; 1005 if empty Close; 1006 if none; 1015 reserved for TLS failure (changed: client only, since no fixture tells what a server's application is told; a client that reports the code which it sent itself when it failed the connection is NON-STRICT) |
            | C-046 | B | MUST | no | Local API refuses to send 0, 999, 1004, 1005, 1006, 1015, 5000 and reasons > 123 octets (changed: a server shows it at its close fixture, where anything goes that breaks no rule on the wire) |
            | C-047 | B | SHOULD | no | API close() without code sends an empty Close, close(code) sends that code |
            | C-048 | C | SHOULD | no | Auto-reconnecting client: first retry after random 0–5 s, then growing back-off (§7.2.3) (changed: what is judged is that it comes back, and not at once each time: waits are random) |
            | C-049 | C | SHOULD | no | Client does not close on its own without cause for 60 s idle (§7.3) (changed: 8 s, a minute alone is too long for a suite) |
            | C-050 | S | SHOULD | no | Server sends FIN after Close even if the client's receive window is zero; bounded wait |
            """#)
}
