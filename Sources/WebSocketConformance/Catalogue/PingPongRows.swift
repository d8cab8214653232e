extension Catalogue {
    /// Ping and pong (RFC 6455 §5.5.2, §5.5.3).
    static let pingPongRows = RowGroup(
        name: "P", title: "Ping and pong",
        source: "RFC 6455 §5.5.2, §5.5.3",
        table: #"""
            | P-001 | B | MUST | 2.1–2.4 | Ping with 0, 13, binary, 125 octets → pong with identical payload |
            | P-002 | B | MUST | part 2.5 | Ping of 126, 127, 65535, 65536 octets → FAIL(1002) |
            | P-003 | B | MUST | no | Pong of 126, 65536 octets → FAIL(1002) |
            | P-004 | B | MUST | 2.6 | Ping in 1-octet segments → pong |
            | P-005 | B | MUST | 2.7–2.9 | Unsolicited pongs → ignored, never answered, never delivered as data |
            | P-006 | B | SHOULD | 2.10, 2.11 | 10 pings at once: all 10 pongs in order = strict; only the newest = allowed by §5.5.3 (NON-STRICT, not FAIL) |
            | P-007 | B | SHOULD | part 5.19 | Pong sent within 100 ms of ping while a fragmented message is open or the app handler is busy (changed: a message of 256 KiB to be echoed stands for a busy handler; the fastest of three counts) |
            | P-008 | B | SHOULD | no | Ping during a long outbound message: pong appears between frames, not inside one |
            | P-009 | B | MUST | 7.1.3 | No pong after Close has been received |
            | P-010 | B | MUST | impl | SUT pongs are FIN, ≤ 125 octets, RSV clear, never compressed |
            | P-011 | B | ROB | no | 1 000 000 pings with reading peer → all or coalesced pongs, RSS flat (changed: 100 000, a thousand at a time) |
            | P-012 | B | ROB | no | 1 000 000 pings, peer never reads → pong queue bounded, or connection closed (1008/1011); RSS bounded (changed: 48 MiB of pings, or as many as go out in 5 s; for a peer that reads on, bounded means less than 24 MiB) |
            | P-013 | B | ROB | no | 1 000 000 unsolicited pongs → RSS flat (Undertow UNDERTOW-1935 / CVE-2021-3690 class) (changed: 100 000) |
            | P-014 | B | SHOULD | no | Keep-alive enabled: SUT pings on schedule; unanswered → connection ended within the documented time |
            | P-015 | B | INFO | no | Keep-alive: pong with other payload, or pong for an older ping: record whether counted |
            | P-016 | B | MUST | impl | Ping payload never reaches the message handler |
            | P-017 | B | MUST | no | Ping as the very first frame and directly before Close → answered / handled (changed: a Close that was read before the ping is answered ends the duty: no pong is NON-STRICT) |
            | P-018 | B | MAY | no | SUT-sent pings have ≤ 125 octets and follow no Close |
            """#)
}
