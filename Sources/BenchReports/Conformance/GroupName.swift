/// What the groups of the catalogue are about.
enum GroupName {
    /// `F – framing and fragmentation`; a group that is not known is called what it is called.
    static func title(_ group: String) -> String { subject(group).map { "\(group) – \($0)" } ?? group }

    static func subject(_ group: String) -> String? { subjects[group] }

    private static let subjects = [
        "H": "opening handshake of servers", "H2": "opening handshake of clients", "F": "framing and fragmentation",
        "M": "masking", "C": "closing and status codes", "U": "UTF-8", "P": "ping and pong",
        "X": "extension negotiation", "D": "permessage-deflate data", "L": "limits, robustness, resources",
        "S": "security", "T": "TLS and transports", "A": "local API of clients",
        "Autobahn": "cases of Autobahn|Testsuite",
    ]
}
