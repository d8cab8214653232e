// TLS (RFC 6455 §10.6): group T, and S-008 to S-010.

extension Fault {
    static let tlsFaults: [Fault] = [
        .certificateUnchecked, .hostNameUnchecked, .noServerName, .sniForAddresses, .clearTextForSecure,
        .noCloseNotify, .oldTLSVersions,
    ]

    static let certificateUnchecked = Fault("certificate-unchecked", .client, "S-008", "takes any certificate")
    static let hostNameUnchecked = Fault(
        "host-name-unchecked", .client, "S-008 S-009",
        "takes a certificate for another host")
    static let noServerName = Fault("no-server-name", .client, "S-009", "sends no SNI")
    static let sniForAddresses = Fault("sni-for-addresses", .client, "S-009", "sends SNI for addresses")
    static let clearTextForSecure = Fault("clear-text-for-secure", .client, "S-010", "speaks clear text to wss")
    static let noCloseNotify = Fault("no-close-notify", .both, "T-003", "ends TCP without close_notify")
    static let oldTLSVersions = Fault("old-tls-versions", .both, "T-005", "takes TLS 1.0 and 1.1")
}
