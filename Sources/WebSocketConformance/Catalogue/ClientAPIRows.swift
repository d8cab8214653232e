extension Catalogue {
    /// Local API expectations of clients (needs an adapter process) (WHATWG WebSockets; web-platform-tests `websockets/`).
    static let clientAPIRows = RowGroup(
        name: "A", title: "Local API expectations of clients (needs an adapter process)",
        source: "WHATWG WebSockets; web-platform-tests `websockets/`",
        table: #"""
            | A-001 | C | MUST | no | Constructor: invalid URL, relative/http mapping rules, fragment → SyntaxError as per profile |
            | A-002 | C | MUST | no | Protocols: duplicates, empty, separators, non-ASCII → SyntaxError |
            | A-003 | C | MUST | no | close(code): only 1000 or 3000–4999, else InvalidAccessError; reason > 123 UTF-8 octets → SyntaxError |
            | A-004 | C | MUST | no | Unpaired surrogates in data and reason → U+FFFD on the wire |
            | A-005 | C | MUST | no | readyState transitions and event order: open, message…, close; error before close on failure |
            | A-006 | C | MUST | no | Close event: wasClean, code (1005 empty, 1006 abnormal), reason |
            | A-007 | C | MUST | no | bufferedAmount grows in UTF-8 octets; send() while CONNECTING throws; after close no octets sent |
            | A-008 | C | MUST | no | binaryType switch delivers blob/arraybuffer (or library equivalent) without copying errors |
            | A-009 | C | MUST | no | extensions and protocol attributes equal the answer values |
            | A-010 | C | SHOULD | no | Blocked-port list applied (browser profile) |
            | A-011 | C | MUST | no | Messages arriving with the Close in one segment are all delivered before close |
            | A-012 | C | MUST | no | Back-pressure API (pause/resume or async iteration) loses nothing |
            """#)
}
