/// Subprotocols, the names of what is spoken over a WebSocket (RFC 6455 §1.9).
package enum Subprotocol {
    /// Picks the first of `supported`, the server's order of preference, that is among `offered`.
    ///
    /// Names match only octet for octet. The answer is an element of `offered`, so that a client never gets what it
    /// did not send.
    package static func choose(offered: [String], supported: [String]) -> String? {
        for candidate in supported {
            if let match = offered.first(where: { $0.hasSameOctets(as: candidate) }) { return match }
        }
        return nil
    }

    enum Invalid: Error, Equatable {
        case notAToken(String)
        case repeated(String)
    }

    /// Checks that all are tokens and that none is there twice (§4.1 item 10).
    static func check(_ subprotocols: [String]) throws(Invalid) {
        var seen = Set<String>(minimumCapacity: subprotocols.count)
        for subprotocol in subprotocols {
            guard subprotocol.isToken else { throw .notAToken(subprotocol) }
            guard seen.insert(subprotocol).inserted else { throw .repeated(subprotocol) }
        }
    }
}
