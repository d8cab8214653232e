extension Catalogue {
    /// Extension negotiation (RFC 6455 §9, §11.3.2; RFC 7692 §5, §7.1).
    static let extensionRows = RowGroup(
        name: "X", title: "Extension negotiation",
        source: "RFC 6455 §9, §11.3.2; RFC 7692 §5, §7.1",
        table: #"""
            | X-001 | S | MUST | impl | No offer → answer has no Sec-WebSocket-Extensions |
            | X-002 | S | MUST | no | Unknown extension only → 101 without the header; never echoed |
            | X-003 | S | MUST | no | Unknown + permessage-deflate, either order → only permessage-deflate accepted |
            | X-004 | S | MUST | no | Answer names only offered extensions, valid ABNF |
            | X-005 | S | MUST | no | Offer split over several header lines = one ordered list (changed: declining is allowed, so it is NON-STRICT in X-003 to X-016, wherever an offer is legal and not read) |
            | X-006 | S | MUST | no | Quoted value `server_max_window_bits="10"` = token 10 |
            | X-007 | S | MUST | no | Quoted value that is no token after unescaping → REJECT(400) |
            | X-008 | S | MUST | no | SP/HTAB around `;`, `=`, `,` tolerated |
            | X-009 | S | MUST | no | ABNF violations (`;`, trailing `;`, `=x`, empty value after `=`, unterminated quote, `a b`, control char, obs-text) → REJECT(400) (§9.1 fail; with a control character the request is no HTTP, and a dropped connection passes); declining with 101 = NON-STRICT |
            | X-010 | S | INFO | no | Empty header value or empty list elements: accept set {ignore, 400} |
            | X-011 | S | INFO | no | Case variants `Permessage-Deflate`, parameter upper-case: record (tokens; most treat as unknown) |
            | X-012 | S | SEC | no | 64 KiB (and 6 KiB, which heads of every server may have) of spaces, of `a;`, of backslash pairs in an open quote, of commas → answer within T, linear time (CVE-2020-7662/7663, CVE-2021-32640) |
            | X-013 | S | SEC | no | Names `constructor`, `__proto__`, `hasOwnProperty` as extension/parameter → no crash |
            | X-014 | S | SHOULD | no | First offer unacceptable, second acceptable → second accepted (order = preference); a miss is NON-STRICT |
            | X-015 | S | MUST | no | Never two permessage-deflate elements in one answer |
            | X-016 | S | MUST | part 12 | Bare `permessage-deflate` → answer without client_max_window_bits |
            | X-017 | S | MUST | no | Offer server_no_context_takeover → answer includes it, or whole offer declined (§7.1.1.1); Autobahn 13.2 never looks |
            | X-018 | S | MAY | no | Offer client_no_context_takeover → answer may include it; honoured if present |
            | X-019 | S | MUST | no | Offer server_max_window_bits=N for N 8–15 → answer has value 8…N, or offer declined |
            | X-020 | S | MUST | no | server_max_window_bits=8 specifically: decline, or really limit distances to 256 (zlib raw deflate cannot); no 500, no answer 9 |
            | X-021 | S | MUST | no | Offer client_max_window_bits without/with value → answer omits it or gives integer 8–15 ≤ offered value |
            | X-022 | S | MUST | no | client_max_window_bits not offered → answer must not contain it |
            | X-023 | S | MUST | no | server_max_window_bits with no value, 7, 16, 0, 08, -9, abc, 1e1, 99999999999 → offer declined (101 without extension); 400 = NON-STRICT; acceptance = FAIL |
            | X-024 | S | MUST | no | client_max_window_bits=7, 16, 0, 015, x, 256 → declined |
            | X-025 | S | MUST | no | server_no_context_takeover=1, client_no_context_takeover=true → declined |
            | X-026 | S | MUST | no | Any parameter repeated → declined |
            | X-027 | S | MUST | no | Undefined parameter (`foo`, `foo=1`) → declined |
            | X-028 | S | MUST | no | Answer syntax: flags without values, integers unquoted without leading zero |
            | X-029 | S | MUST | no | Offer declined, then RSV1 frame → FAIL(1002) |
            | X-030 | S | MUST | no | Legacy names (x-webkit-deflate-frame, permessage-bzip2, deflate-stream) not accepted unless really implemented (accepting one is NON-STRICT, since it may be); letter-permuted names not accepted |
            | X-031 | S | ROB | no | 1 000 permessage-deflate offers in one header (and 300, which heads of every server may have) → bounded time, one answer or decline |
            | X-040 | C | MUST | no | Client offer is valid; window values 8–15; no undefined parameters |
            | X-041 | C | MUST | impl | Bare acceptance → works |
            | X-042 | C | MUST | no | Answer with undefined parameter → NOCONN (RFC 7692 §7) |
            | X-043 | C | MUST | no | Answer server_max_window_bits with no value, 7, 16, 08, 0, -1, x, 4096 → NOCONN at handshake time, no crash (CVE-2026-2229) |
            | X-044 | C | MUST | no | Answer client_max_window_bits though not offered → NOCONN |
            | X-045 | C | MUST | no | Answer client_max_window_bits without value, 7, 16, 08 → NOCONN |
            | X-046 | C | MUST | no | Answer window bits larger than offered (server or client) → NOCONN |
            | X-047 | C | MUST | no | Answer with repeated parameter → NOCONN |
            | X-048 | C | MUST | no | Answer with two permessage-deflate elements → NOCONN |
            | X-049 | C | MUST | no | Flag parameter carrying a value → NOCONN |
            | X-050 | C | MUST | no | Unrequested client_no_context_takeover in answer → accepted and obeyed (§7.1.1.2) |
            | X-051 | C | MUST | no | Unrequested server_no_context_takeover in answer → accepted |
            | X-052 | C | MUST | no | Unrequested server_max_window_bits in answer → accepted (some browsers historically failed) |
            | X-053 | C | MUST | no | Quoted answer values → accepted as tokens |
            | X-054 | C | SHOULD | no | Client offered server_no_context_takeover, answer omits it → NOCONN (answer does not match offer) |
            | X-055 | C | MUST | no | Extension declined → client never sets RSV1 |
            | X-056 | C | MUST | no | Answer names permessage-deflate plus another unoffered extension → NOCONN |
            | X-057 | C | MUST | no | Client that offered client_max_window_bits gets value 8 → honours 256 window or fails cleanly; no mid-session 1011 |
            """#)
}
