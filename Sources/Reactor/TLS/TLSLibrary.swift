import COpenSSL

/// The library that speaks TLS for us.
public enum TLSLibrary {
    /// Name, version and date of what runs, which may be newer than what this was built with ("OpenSSL 3.0.19 27 Jan 2026").
    public static var version: String { OpenSSL_version(OPENSSL_VERSION).map { String(cString: $0) } ?? "OpenSSL" }

    /// Has OpenSSL leave its memory to the system when the process ends. It would free it while loops may still run or end
    /// their threads, which frees some of it a second time. Only what is said before its first use counts.
    static let keepsMemoryAtExit: Bool = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1
}
