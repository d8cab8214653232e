extension Catalogue {
    /// Limits, robustness, resources (RFC 6455 §10.4, §10.7).
    static let limitRows = RowGroup(
        name: "L", title: "Limits, robustness, resources",
        source: "RFC 6455 §10.4, §10.7",
        table: #"""
            | L-001 | B | MUST | no | Frame length over limit → FAIL(1009) on the header, before payload (changed: failing once more than the limit has come protects as well, §10.4, and is NON-STRICT) |
            | L-002 | B | MUST | no | Sum of fragments over limit → FAIL(1009) at the fragment that crosses (changed: failing at the end of the message is NON-STRICT) |
            | L-003 | B | MUST | no | Exactly limit, limit−1 accepted; single frame and fragments alike |
            | L-004 | B | MUST | no | Fragment lengths whose sum overflows 2^31, 2^32, 2^63 → FAIL(1009) (CVE-2020-27813 class) |
            | L-005 | B | ROB | no | Endless 1-octet fragments under the size limit → bounded count (1008/1009) or bounded overhead (CVE-2026-48779) (changed: 100,000 of them; bounded is below 48 MiB) |
            | L-006 | B | ROB | no | Endless empty continuation frames → bounded (ws count fix 2026-06) (changed: 200,000 of them; taking them all is NON-STRICT in less than 48 MiB) |
            | L-007 | B | ROB | no | Endless large fragments → FAIL(1009), RSS bounded (CVE-2026-42786) (changed: four times the limit and 1 MiB) |
            | L-008 | B | ROB | no | Peer sends 256 MiB of echo requests and never reads → backpressure or close; RSS bounded (changed: 64 MiB and what the kernels may hold) |
            | L-009 | B | ROB | no | Header then 1 octet per 5 s → idle/frame timeout if configured; never blocks others (changed: an octet each 0.4 s; what becomes of the slow connection is recorded only) |
            | L-010 | B | ROB | no | Vanished peer (no FIN) with keep-alive on → detected within documented time |
            | L-011 | S | ROB | no | 1 000 and 10 000 idle connections → echo latency on a probe connection stays within 5× baseline |
            | L-012 | S | ROB | no | 1 000 simultaneous handshakes → all complete or are refused with 503 |
            | L-013 | S | ROB | no | Accept limit reached → 503 or refused, recovers after load drops |
            | L-014 | B | ROB | no | 10 000 connection cycles each: clean close, RST, half handshake, protocol error → descriptors and RSS return to baseline |
            | L-015 | B | ROB | 9.7, 9.8 (time only) | 1 000 000 small messages → no leak, no reorder |
            | L-016 | S | ROB | no | One connection sending 64 MiB does not stall others > 100 ms |
            | L-017 | B | ROB | no | Complexity check: n and 2n fragments / 1-octet segments → time ratio < 2.6 (no O(n²) reassembly) |
            | L-018 | B | ROB | no | Random octets after handshake (seeded) → always ends in FAIL or idle, never crash, hang or spin |
            | L-019 | B | ROB | no | Valid traffic with 1–8 random bit flips (seeded) → defined outcome vs reference model |
            | L-020 | S | ROB | no | Grammar-mutated handshakes (seeded) → valid HTTP answer or close; probe connection still works |
            | L-021 | C | ROB | no | Grammar-mutated 101 responses (seeded) → OPEN iff reference model says so |
            | L-022 | B | ROB | no | Liveness probe (fresh echo) after every case; process id unchanged; sanitizer log empty |
            | L-023 | B | MUST | no | Buffered partial frame then close → no late delivery |
            | L-024 | S | ROB | no | 1 000 connections closed at once → server idle CPU returns to ~0 within 5 s |
            | L-025 | B | ROB | 9.1–9.8 | Throughput ladder 64 KiB–16 MiB, chops and fragments: must finish in budget (performance graded separately) |
            | L-026 | B | ROB | no | TCP urgent data / tiny window / Nagle off → no effect on framing |
            """#)
}
