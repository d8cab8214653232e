extension Catalogue {
    /// UTF-8 (RFC 6455 §5.6, §8.1; RFC 3629).
    static let utf8Rows = RowGroup(
        name: "U", title: "UTF-8",
        source: "RFC 6455 §5.6, §8.1; RFC 3629",
        table: #"""
            | U-001 | B | MUST | 6.5, 6.7, 6.9, 6.11.1–6.11.4 | Valid 1–4 octet sequences incl. first/last of each length, U+D7FF, U+E000, U+FFFD, U+10FFFF → ECHO |
            | U-002 | B | MUST | 6.2.1–6.2.4 | Fragment boundaries on and inside characters → ECHO |
            | U-003 | B | MUST | part 6.2.3, 6.2.4 | Every split point of a 2-, 3-, 4-octet character across 2 and 3 fragments → ECHO |
            | U-004 | B | MUST | no | Empty fragment between the halves of a character → ECHO |
            | U-005 | B | MUST | no | Ping and pong between the halves of a character → ECHO (validator state survives) |
            | U-006 | B | MUST | 6.6.x | Message ends inside a character (every prefix) → FAIL(1007) |
            | U-007 | B | MUST | no | Non-final fragment ends inside a character, next fragment starts with ASCII → FAIL(1007) |
            | U-008 | B | MUST | part 6.3, 6.16 | Octets C0, C1, F5–FF anywhere → FAIL(1007) |
            | U-009 | B | MUST | 6.12.x | Lone continuation octets → FAIL(1007) |
            | U-010 | B | MUST | part 6.13 (range end points skipped) | Lead octet followed by ASCII, incl. DF, EF, F4 → FAIL(1007) |
            | U-011 | B | MUST | 6.17–6.19 | Overlong forms → FAIL(1007) |
            | U-012 | B | MUST | part 6.20, 6.21 | Surrogates D800–DFFF single and paired, plus random sample → FAIL(1007) |
            | U-013 | B | MUST | 6.8, 6.10, 6.11.5 | Above U+10FFFF, 5- and 6-octet forms → FAIL(1007) |
            | U-014 | B | MUST | 6.22, 6.23 | Non-characters and specials are valid → ECHO |
            | U-015 | B | MUST | part 6.7.1 | NUL, control characters, DEL, newline mix → ECHO |
            | U-016 | B | MUST | no | Leading BOM EF BB BF kept octet-exact in text and in close reason |
            | U-017 | B | MUST | no | No Unicode normalisation (NFC/NFD pairs) → octet-exact ECHO |
            | U-018 | B | SHOULD | 6.4.1, 6.4.2 (non-strict) | Bad octet in a middle fragment → fails before the next fragment arrives |
            | U-019 | B | SHOULD | 6.4.3, 6.4.4 (non-strict) | Bad octet mid-frame with payload still incomplete → fails at once |
            | U-020 | B | MUST | 1.2.2 | Invalid UTF-8 in binary → ECHO |
            | U-021 | B | MUST | no | Bad octet at offsets 0, 7, 8, 15, 16, 31, 32, 63, 64, 127, last of 4 KiB ASCII → FAIL(1007) (vectorised fast paths) |
            | U-022 | B | MUST | no | Valid 2–4 octet characters straddling offsets 16, 32, 64, 4 096, 8 192, 16 384, 65 536 → ECHO |
            | U-023 | B | MUST | no | Valid text, then new message starting with a continuation octet → FAIL(1007), no carry-over |
            | U-024 | B | MUST | no | 1 MiB text of mixed-width characters in random fragments → ECHO (Autobahn 9.x is ASCII) |
            | U-025 | B | MUST | 2.3 | Ping/pong payload that is not UTF-8 → allowed |
            | U-026 | B | MUST | no | Invalid text inflated from a compressed frame → FAIL(1007); compressed octets themselves not validated |
            | U-027 | B | MUST | no | Text sent by SUT from an unpaired UTF-16 surrogate is U+FFFD or an API error, never ED A0–BF xx (changed: a server shows it when its info fixture reports a header value with ED A0 80, a client when its adapter is told to send it) |
            | U-028 | B | ROB | no | 10 000 random octet strings: accept iff reference validator accepts (changed: 16 connections of 40 strings, and 256 of 4 to a server, about 1 600 in all: each invalid one costs a connection, and the other rows are exhaustive) |
            """#)
}
