extension Catalogue {
    /// Masking (RFC 6455 §5.1, §5.3, §10.3).
    static let maskingRows = RowGroup(
        name: "M", title: "Masking",
        source: "RFC 6455 §5.1, §5.3, §10.3",
        table: #"""
            | M-001 | S | MUST | no | Unmasked text (0, 5, 126 octets) → FAIL(1002) (close is MUST; code MAY) (changed: any code but 1000 is NON-STRICT in the rows M-001 to M-005, M-015 and M-016, as §5.1 says MAY) |
            | M-002 | S | MUST | no | Unmasked binary, unmasked continuation → FAIL(1002) |
            | M-003 | S | MUST | no | Unmasked ping, pong, close → FAIL(1002); no pong, no normal close handshake |
            | M-004 | S | MUST | no | Masked message then unmasked one in the same segment → first ECHO, then FAIL(1002) |
            | M-005 | S | MUST | no | Unmasked frame whose payload looks like a mask key + frame → no desync, no later parse |
            | M-006 | S | MUST | impl | Every frame from the server (data, pong, close, ping) has MASK clear (changed: pings of the server: see P-018) |
            | M-007 | S | MUST | part 1.1.8 | Unmasking correct when payload arrives cut at offsets 1, 2, 3 mod 4, any key |
            | M-008 | S | MUST | impl | Mask phase restarts for each frame and each fragment |
            | M-009 | S | MUST | impl | Masked empty control frame consumes its 4 key octets |
            | M-010 | C | MUST | impl | Every client frame masked: text, binary, continuation, ping, pong, close, incl. empty ones (changed: continuations and pings as far as the client sends any by itself) |
            | M-011 | C | MUST | no | 1 000 frames in one connection: all keys distinct up to birthday chance (CVE-2025-10148 = same key each frame) |
            | M-012 | C | MUST | no | Key stream statistics over 10 000 frames: monobit, serial, χ² per octet; no constant difference, XOR, counter or LCG relation |
            | M-013 | C | MUST | no | Keys differ across connections and across process restarts (seed not fixed) (changed: restarts only with an adapter) |
            | M-014 | C | MUST | no | Fragments and auto-pong/close replies each use a fresh key |
            | M-015 | C | MUST | no | Masked server frame of each opcode → FAIL(1002); key octets never surface as payload or close code |
            | M-016 | C | MUST | no | Masked empty frame (0x81 0x80 + key) → FAIL(1002) |
            | M-017 | C | SEC | no | App mutates its buffer after send() returns → wire octets unchanged (§10.3) (changed: a buffer that the client receives into stands for the application's, which cannot be commanded over the wire) |
            | M-018 | C | SEC | no | Key is never 00000000 systematically; zero-key optimisation absent |
            """#)
}
