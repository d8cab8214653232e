extension Catalogue {
    /// Base framing and fragmentation (RFC 6455 §5.1, §5.2, §5.4, §5.6, §6.1, §6.2).
    static let framingRows = RowGroup(
        name: "F", title: "Base framing and fragmentation",
        source: "RFC 6455 §5.1, §5.2, §5.4, §5.6, §6.1, §6.2",
        table: #"""
            | F-001 | B | MUST | 1.1.1–1.1.7, 1.2.1–1.2.7 | Text and binary of 0, 1, 125, 126, 127, 65535, 65536, 65537, 1 MiB octets → ECHO |
            | F-002 | B | MUST | impl | SUT output uses the shortest length form at 0, 125, 126, 127, 65535, 65536 (checked on raw octets) |
            | F-003 | B | MUST | impl | SUT output: RSV1–3 clear without extension, only opcodes 0,1,2,8,9,A |
            | F-004 | B | MUST | part 1.1.8, 2.6, 5.5 | Stream cut into 1-octet segments for 7-, 16- and 64-bit length frames → ECHO (changed: of the 64-bit form only the octets of the header and of both ends go alone, to save time) |
            | F-005 | B | MUST | no | Two-part cut at every offset inside header, mask key and first/last payload octets, for all three length forms (changed: the offsets within the header count as those of a masked frame; in a server's frame, which has no key, the last four fall into the payload) |
            | F-006 | B | MUST | part 2.10 | 1 000 small frames in one segment; 64 KiB segment ending mid-header → all handled in order |
            | F-007 | B | MUST | no | 16-bit length form used for 0, 1, 125 → FAIL(1002) (§5.2 minimal encoding) (changed: §5.2 binds the sender, and nothing says that a receiver must fail, so taking it with its length is NON-STRICT) |
            | F-008 | B | MUST | no | 64-bit form used for 0, 125, 126, 65535 → FAIL(1002) (changed: as F-007) |
            | F-009 | B | MUST | no | Non-minimal length on ping, pong, close, continuation → FAIL(1002) (changed: as F-007) |
            | F-010 | B | MUST | no | 64-bit length with top bit set (2^63, 2^63+5, 2^64−1) → FAIL(1002; 1009 accepted) |
            | F-011 | B | MUST | no | Declared 2^31, 2^32, 2^32+5, 2^53, 2^62, 2^63−1 with no payload → FAIL(1009) at once, RSS growth < 1 MiB, no wrap to a small length (changed: waiting for the octets is NON-STRICT, because RFC 6455 §10.4 leaves limits to the implementation; memory may grow by 16 MiB over 40 connections, because allocators keep some) |
            | F-012 | B | MUST | part 3.1–3.5 | RSV1, RSV2, RSV3 and all combinations on text and binary, nothing negotiated → FAIL(1002) |
            | F-013 | B | MUST | 3.7 | RSV bits on Close → FAIL(1002) |
            | F-014 | B | MUST | no | RSV bits on ping and pong → FAIL(1002) (Autobahn 3.6 says ping but sends opcode 2) |
            | F-015 | B | MUST | no | RSV bits on a continuation frame after a clean first fragment → FAIL(1002) |
            | F-016 | B | MUST | no | RSV bit on an empty frame → FAIL(1002) |
            | F-017 | B | MUST | part 4.1.1–4.1.5 | Opcodes 3–7, empty and with payload → FAIL(1002) |
            | F-018 | B | MUST | no | Opcodes 3–7 with FIN clear → FAIL(1002) |
            | F-019 | B | MUST | part 4.2.1–4.2.5 | Opcodes 11–15, empty and with payload → FAIL(1002) |
            | F-020 | B | MUST | no | Opcodes 11–15 with FIN clear or length 126 → FAIL(1002) |
            | F-021 | B | MUST | no | Reserved opcode in the middle of a fragmented message → FAIL(1002) |
            | F-022 | B | SHOULD | no | Header-only violation (bad RSV/opcode/mask, declared 1 MiB, payload withheld) → fails within T without waiting for payload |
            | F-023 | B | MUST | part 3.2–3.4, 4.1.3–4.2.5 | valid text, violation, ping in one segment → first ECHO allowed, never a pong or later data (§7.1.7) |
            | F-024 | B | MUST | impl | Opcode of the echo equals opcode sent |
            | F-025 | B | MUST | no | 1 000 numbered messages, mixed sizes and types → echoed in order (compression and thread pools must not reorder) |
            | F-026 | B | MUST | 1.1.1, 1.2.1 | Empty unfragmented messages are delivered, not dropped |
            | F-027 | B | MUST | no | Payload content sweep: lengths 0–130 and 4 080–4 112 with all 256 octet values and all 4 mask alignments → ECHO (finds SIMD tail bugs; Autobahn uses constant fill) |
            | F-028 | B | MUST | no | EOF inside header, length, mask key, payload → nothing delivered, 1006 locally, resources freed (changed: descriptors stand for the resources) |
            | F-029 | B | MUST | part 10.1.1 | If SUT fragments output: opcode on first only, 0 after, FIN only on last |
            | F-030 | B | MUST | no | Several tasks sending at once on one connection → frames and fragments never interleave wrongly (changed: over the wire, echoes and pongs stand for the tasks) |
            | F-031 | B | MUST | no | SUT sends no octets between 101 and first frame, nor after its Close frame |
            | F-032 | B | MUST | part 9.1, 9.2 | Large single frames 1, 4, 16 MiB → ECHO or FAIL(1009) if over the declared limit (changed: a declared limit is not asked for: 1009 passes at each size) |
            | F-033 | B | MUST | 5.3–5.5 | Text in 2 fragments (one chop, per frame, per octet) → ECHO |
            | F-034 | B | MUST | part 9.4 | Binary in 2 fragments, same three chops → ECHO (Autobahn section 5 uses text only) |
            | F-035 | B | MUST | part 9.3, 9.4 | 64 KiB as 65 536 one-octet fragments; 1 MiB as 16 B, 1 KiB, 64 KiB fragments → ECHO, time near-linear (changed: a limit on fragments, Close with 1008 or 1009, is NON-STRICT; times of 16 384 and 65 536 fragments are compared) |
            | F-036 | B | MUST | part 6.1.2, 6.1.3 | Empty first, middle, last, all fragments; text and binary → ECHO |
            | F-037 | B | MUST | no | Fragments of exactly 125, 126, 65535, 65536 octets → ECHO |
            | F-038 | B | MUST | 5.6–5.8, 5.19, 5.20 | Ping between fragments → pong before the message completes, then ECHO |
            | F-039 | B | MUST | no | Unsolicited pong between fragments → ignored, ECHO |
            | F-040 | B | MUST | no | 10 pings between each of 10 fragments, payload 125 octets → all answered, ECHO intact |
            | F-041 | B | MUST | 7.1.5 | Close between fragments → Close reply; partial message never delivered (changed: 1002 in reply, because the message is incomplete, is NON-STRICT: codes are "typically" repeated) |
            | F-042 | B | MUST | 5.9–5.14 | Continuation with nothing to continue, FIN set / clear → FAIL(1002) |
            | F-043 | B | MUST | part 5.15 | Continuation after a completed fragmented message → FAIL(1002) |
            | F-044 | B | MUST | no | Continuation after a completed unfragmented message → FAIL(1002) |
            | F-045 | B | MUST | 5.16, 5.17 | Repeated continuation-first patterns → FAIL(1002) at the first |
            | F-046 | B | MUST | 5.18 | Text FIN=1 while a text message is open → FAIL(1002) |
            | F-047 | B | MUST | no | Text FIN=0 while a text message is open (silent restart) → FAIL(1002) |
            | F-048 | B | MUST | no | Binary FIN=1 / FIN=0 while a text message is open → FAIL(1002) |
            | F-049 | B | MUST | no | Text FIN=1 / FIN=0 while a binary message is open → FAIL(1002) |
            | F-050 | B | MUST | no | Open message, ping (or pong), then new data frame → FAIL(1002) (control frame must not clear fragmentation state) |
            | F-051 | B | MUST | 5.1, 5.2 | Ping, pong with FIN clear → FAIL(1002) |
            | F-052 | B | MUST | no | Close with FIN clear → FAIL(1002), not treated as a close handshake |
            | F-053 | B | MUST | no | Continuation FIN=1 directly after an illegal fragmented ping is not reassembled |
            | F-054 | B | MUST | no | Metamorphic: same message under 20 random fragmentations/segmentations/ping insertions → identical echo |
            | F-055 | B | MUST | part 5.19 | 1 s pauses between fragments → still ECHO |
            | F-056 | B | MUST | no | Invalid UTF-8 in fragments of a binary message → ECHO (type fixed by first frame) |
            | F-057 | B | MUST | no | After a failure mid-message a fresh connection starts clean (no pooled state) |
            | F-058 | S | MUST | no | Masking key equal to 00000000 and FFFFFFFF → ECHO (changed: for servers only: what a server sends has no key) |
            | F-059 | B | MAY | 10.1.1 | Echo of 64 KiB with peer auto-fragment 1 300 → ECHO |
            """#)
}
