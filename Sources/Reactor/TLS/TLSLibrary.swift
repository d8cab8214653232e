import COpenSSL

/// The library that speaks TLS for us.
public enum TLSLibrary {
    /// Name, version and date of what runs, which may be newer than what this was built with ("OpenSSL 3.0.19 27 Jan 2026").
    public static var version: String { OpenSSL_version(OPENSSL_VERSION).map { String(cString: $0) } ?? "OpenSSL" }
}
