extension Catalogue {
    /// Security-specific (RFC 6455 §10; known advisories).
    static let securityRows = RowGroup(
        name: "S", title: "Security-specific",
        source: "RFC 6455 §10; known advisories",
        table: #"""
            | S-001 | S | SEC | no | Cross-site hijacking: cookie + foreign Origin on a protected endpoint → 403, no 101; default policy reported |
            | S-002 | S | SEC | no | Bad version/key answered with anything that a proxy could read as a tunnel (101, or error with connection left raw) → FAIL (WebSocket smuggling) |
            | S-003 | S | SEC | no | No request octets reflected unvalidated into response headers (subprotocol, extension, Host, Origin, path in Location) |
            | S-004 | S | SEC | no | Unauthenticated upgrade → 401/403 before 101; no frame processed first |
            | S-005 | B | SEC | no | Pong, Close and error payloads contain only expected octets (uninitialised memory: ws 2016 ping, ws 2026-05 close) |
            | S-006 | B | SEC | no | Truncated frame then new connection: no octets of the old connection appear (buffer reuse) |
            | S-007 | B | SEC | no | Out-of-bounds style lengths (declared > sent, unset limit) under sanitizer → clean (CVE-2026-0716) |
            | S-008 | C | SEC | no | TLS: expired, not-yet-valid, self-signed, wrong host, unknown CA, revoked (if checked) → fail before sending the upgrade request (changed: without revocation, which no lists are distributed for on a loopback address) |
            | S-009 | C | MUST | no | SNI present for DNS names (§4.1 step 5), absent for IP literals; hostname verified (CVE-2020-11050, CVE-2020-15133) |
            | S-010 | C | SEC | no | wss URI never answered over clear text, incl. after redirect or proxy failure |
            | S-011 | C | SEC | no | Cookies/credentials scoped by host and Secure flag in the upgrade request (changed: cookies by Set-Cookie in a 101, credentials by a URL's userinfo) |
            | S-012 | S | SEC | no | Handshake ReDoS on Connection/Upgrade list (64 KiB of spaces/commas) → linear (changed: to refuse or to drop it within T is linear as well; a drop is NON-STRICT) |
            | S-013 | S | SEC | no | Slow-read + big echo on 500 connections → service for others continues |
            | S-014 | S | SEC | no | Upgrade on endpoints not meant for WebSocket (POST-only, static file) → not 101 (changed: no fixture is such an endpoint, so paths of static files are tried; a server that serves every path cannot fail, see H-054) |
            | S-015 | S | SEC | no | X-Forwarded-*/Host tampering does not change origin decision unless trusted proxy configured |
            | S-016 | B | SEC | no | Endless loop on peer misbehaviour (curl CVE-2025-5399 class): CPU idle after error |
            """#)
}
