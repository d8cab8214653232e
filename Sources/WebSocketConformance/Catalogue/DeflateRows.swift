extension Catalogue {
    /// permessage-deflate data (RFC 7692 §6, §7.2; DEFLATE RFC 1951).
    static let deflateRows = RowGroup(
        name: "D", title: "permessage-deflate data",
        source: "RFC 7692 §6, §7.2; DEFLATE RFC 1951",
        table: #"""
            | D-001 | B | MUST | part 12 | `c1 07 f2 48 cd c9 c9 07 00` (masked for servers) → ECHO of Hello |
            | D-002 | B | MUST | no | Two frames `41 03 f2 48 cd` + `80 04 c9 c9 07 00` → Hello |
            | D-003 | B | MUST | no | Second Hello as `f2 00 11 00 00` using the previous window → Hello |
            | D-004 | B | MUST | no | Stored block `00 05 00 fa ff 48 65 6c 6c 6f 00` → Hello; stored block of 65 535 |
            | D-005 | B | MUST | no | BFINAL=1 block `f3 48 cd c9 c9 07 00 00` → Hello |
            | D-006 | B | MUST | no | After a BFINAL=1 message, 3 further sync-flushed messages (small and 200 KiB) are intact, with and without context takeover |
            | D-007 | B | MUST | no | Two blocks `f2 48 05 00 00 00 ff ff ca c9 c9 07 00` → Hello |
            | D-008 | B | MUST | no | Empty message as single octet 00, and as `02 00` → empty ECHO |
            | D-009 | B | INFO | no | RSV1 with zero-length payload (illegal shape): accept set {empty message, FAIL(1007/1002)}; following message must be intact or connection failed |
            | D-010 | B | MUST | 12 | Fixed, dynamic and stored blocks mixed in one message → ECHO |
            | D-011 | B | MUST | no | RSV1=0 messages after negotiation, alternating with compressed ones → ECHO; window unaffected by uncompressed data |
            | D-012 | B | MUST | no | RSV1 on a continuation frame of a compressed message, of an uncompressed message, on final one → FAIL(1002) |
            | D-013 | B | MUST | no | RSV1 on ping, pong, close → FAIL(1002) |
            | D-014 | B | MUST | no | RSV1 ping then RSV1=0 binary: must already have failed; payload never inflated |
            | D-015 | B | MUST | no | RSV2/RSV3 with permessage-deflate on → FAIL(1002) |
            | D-016 | B | MUST | no | Ping/pong between compressed fragments → pong raw, message intact (state not cleared) |
            | D-017 | B | MUST | no | SUT control frames never compressed, RSV1 clear |
            | D-018 | B | MUST | impl | SUT sets RSV1 on first frame only |
            | D-019 | B | MUST | no | SUT output has the trailing 00 00 ff ff removed; payload + tail inflates to exactly the message with no surplus |
            | D-020 | S | MUST | part 13.2, 13.5–13.7 | server_no_context_takeover agreed → every server message inflates with an empty window |
            | D-021 | C | MUST | part 13.2 | client_no_context_takeover agreed → same for client messages |
            | D-022 | B | MUST | part 13.3 (9), 13.4 (15) | Agreed window w (8–15): no back-reference in SUT output longer than 2^w, verified by a distance-recording inflater on repetitive data (changed: 190 KiB in which pieces of 1.5 × 2^8 to 1.5 × 2^15 octets come twice, so that every window shows) |
            | D-023 | B | MUST | 12 | Context takeover: SUT decodes references into earlier messages |
            | D-024 | B | MUST | no | Reference at the very edge: distance 32 768 (or 2^w) across messages → ECHO |
            | D-025 | B | MUST | no | Peer exceeds the agreed window → FAIL(1002/1007) or decodes; no crash, no garbage |
            | D-026 | B | MUST | no | Corrupt DEFLATE: BTYPE=11, stored LEN/NLEN mismatch, distance too far on first message, over-subscribed code, missing end code, truncated header, zlib header 78 9c, random octets → FAIL(1007 or 1002), nothing delivered |
            | D-027 | B | SHOULD | no | Message ends mid-symbol / mid-stored-block → FAIL(1007/1002), not a silent partial message (a miss is NON-STRICT) |
            | D-028 | B | ROB | no | Octets after a BFINAL block inside one message → defined behaviour (next block or fail), no overrun; passing them over is NON-STRICT |
            | D-029 | B | MUST | part 12.x.11–12.x.18 | Compressed stream fragmented at every octet, with empty fragments, with final frame holding only 00 → ECHO |
            | D-030 | B | MUST | no | Text validity judged after inflation: valid → ECHO, invalid → FAIL(1007) |
            | D-031 | B | MUST | no | Inflated size limit L: L accepted, L+1 → FAIL(1009) |
            | D-032 | B | MUST | no | Bomb 16 456 octets → 16 MiB zeros (ratio ≈ 1 020) and 1 MiB → 1 GiB: stop at L, RSS < L + 16 MiB, FAIL(1009) (CVE-2026-1526, CVE-2026-39804, CVE-2018-1000518) |
            | D-033 | B | MUST | no | Bomb spread over many fragments → cumulative limit applies |
            | D-034 | B | ROB | no | Many small bombs per second → CPU per connection bounded, others responsive (changed: 64 messages of 128 KiB at once, and T for each pong on another connection) |
            | D-035 | B | ROB | no | 1 000 empty stored blocks (00 00 00 ff ff) in one message → bounded time |
            | D-036 | B | MUST | no | Peer flushes with Z_FULL_FLUSH, Z_PARTIAL_FLUSH, Z_BLOCK shapes → ECHO |
            | D-037 | B | MUST | 12.2, 12.5 | Incompressible data → ECHO, SUT expansion small (changed: more than a hundredth and 64 octets is NON-STRICT, no RFC says a number) |
            | D-038 | B | MUST | no | SUT sends empty message: RSV1=0 empty, or RSV1=1 with 00; never RSV1=1 empty |
            | D-039 | B | ROB | part 12 (no memory check) | 10 000 compressed messages → RSS flat (changed: 1,800 incompressible messages of 10,000 octets; a leak is growth by 3 MiB in each of two stretches of 600, which no collector of garbage shows) |
            | D-040 | B | ROB | no | 10 000 connections opened/closed with deflate (clean and failed) → inflater/deflater memory released (changed: 350 connections; a leak is growth by 3 MiB in each of two stretches of 125, at 40 KiB an inflater) |
            | D-041 | B | MUST | no | Corrupt stream on connection A does not affect connection B (shared inflater contamination) |
            | D-042 | B | MUST | no | Continuation frame after a completed compressed message → FAIL(1002) |
            | D-043 | B | MUST | no | RSV1 + reserved opcode → FAIL(1002) |
            | D-044 | B | MUST | no | New compressed text/binary while a compressed message is open → FAIL(1002) |
            | D-045 | B | MUST | 12.1–12.5 | Realistic corpora (JSON, HTML, text, bitmap, PDF) 16 B–128 KiB, fragmented or not → ECHO |
            | D-046 | B | MUST | 13.1–13.7 | Parameter matrix: takeover flags × window bits 8–15 × both directions → ECHO and parameters verified in the answer |
            | D-047 | B | SHOULD | no | Messages sent in parallel with compression stay in order |
            | D-048 | B | SEC | no | API can disable compression per message or connection (CRIME-type mixing); documented (changed: of an API only its effect shows on the wire: a server that compresses at one fixture and not at another, a client that does not offer it when told so) |
            """#)
}
