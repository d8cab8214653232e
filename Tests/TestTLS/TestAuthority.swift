import CTestOpenSSL
import Glibc

/// OpenSSL refused to make what a test needs.
package struct NotMade: Error, CustomStringConvertible {
    package let description: String

    init(_ what: String) {
        let reason = ERR_reason_error_string(ERR_get_error()).map { String(cString: $0) } ?? "unknown reason"
        description = "\(what): \(reason)"
        ERR_clear_error()
    }
}

/// A certificate made by the test, with its key, as PEM text.
package struct TestCertificate: Sendable {
    /// The certificate, then those of the authorities that signed it, without the root.
    package let chain: [UInt8]
    package let key: [UInt8]
    /// The same key, protected by a password.
    package let encryptedKey: [UInt8]
}

/// What is asked of a certificate.
package struct CertificateRequest: Sendable {
    /// The common name.
    package var subject: String
    /// Host names and IP addresses.
    package var names: [String]
    /// When it is valid, in seconds from now.
    package var validity = -3600...86_400
    /// For servers only, for clients only, or for anything.
    package var purpose = Purpose.any

    package enum Purpose: String, Sendable {
        case server = "serverAuth"
        case client = "clientAuth"
        case any = ""
    }

    package init(_ subject: String, names: [String] = []) {
        self.subject = subject
        self.names = names
    }

    fileprivate var alternativeNames: String? {
        if names.isEmpty { return nil }
        return names.map { $0.contains(":") || $0.allSatisfy { "0123456789.".contains($0) } ? "IP:\($0)" : "DNS:\($0)" }
            .joined(separator: ",")
    }
}

/// A certificate authority that lives as long as the test.
///
/// `@unchecked Sendable`: nothing changes it after `init`; OpenSSL counts references atomically.
package final class TestAuthority: @unchecked Sendable {
    private let key: OpaquePointer
    private let pointer: OpaquePointer
    /// PEM of the authorities between this one and the root, this one first.
    private let intermediates: [UInt8]
    /// Its own certificate as PEM text.
    package let certificate: [UInt8]

    package convenience init(_ name: String = "Test Root") throws { try self.init(name, signer: nil) }

    private init(_ name: String, signer: TestAuthority?) throws {
        guard let key = ctest_make_key() else { throw NotMade("a key") }
        var request = CertificateRequest(name)
        request.validity = -7200...864_000
        do {
            let pointer = try Self.certificate(request, of: key, isAuthority: true, signer: signer)
            let text = try Self.pem { PEM_write_bio_X509($0, pointer) }
            self.key = key
            self.pointer = pointer
            certificate = text
            intermediates = signer.map { text + $0.intermediates } ?? []
        } catch {
            EVP_PKEY_free(key)
            throw error
        }
    }

    deinit {
        X509_free(pointer)
        EVP_PKEY_free(key)
    }

    /// An authority under this one.
    package func makeIntermediate(_ name: String) throws -> TestAuthority { try TestAuthority(name, signer: self) }

    package func issue(_ request: CertificateRequest) throws -> TestCertificate {
        try Self.make(request, signer: self)
    }

    package func issue(_ subject: String, names: [String] = []) throws -> TestCertificate {
        try issue(CertificateRequest(subject, names: names))
    }

    /// A certificate that nobody else signed.
    package static func selfSigned(_ request: CertificateRequest) throws -> TestCertificate {
        try make(request, signer: nil)
    }

    private static func make(_ request: CertificateRequest, signer: TestAuthority?) throws -> TestCertificate {
        guard let key = ctest_make_key() else { throw NotMade("a key") }
        defer { EVP_PKEY_free(key) }
        let certificate = try certificate(request, of: key, isAuthority: false, signer: signer)
        defer { X509_free(certificate) }
        return TestCertificate(
            chain: try pem { PEM_write_bio_X509($0, certificate) } + (signer?.intermediates ?? []),
            key: try pem { ctest_private_key_to_pem($0, key, nil) },
            encryptedKey: try pem { ctest_private_key_to_pem($0, key, "password") })
    }

    private static func certificate(
        _ request: CertificateRequest, of key: OpaquePointer, isAuthority: Bool, signer: TestAuthority?
    ) throws -> OpaquePointer {
        let purpose = request.purpose == .any ? nil : request.purpose.rawValue
        guard
            let certificate = ctest_make_certificate(
                request.subject, key, signer?.pointer, signer?.key, Int.random(in: 1...1 << 40),
                request.validity.lowerBound, request.validity.upperBound, isAuthority ? 1 : 0,
                request.alternativeNames, purpose)
        else { throw NotMade("a certificate for \(request.subject)") }
        return certificate
    }

    private static func pem(_ write: (OpaquePointer) -> Int32) throws -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { throw NotMade("a stream in memory") }
        defer { BIO_free(bio) }
        var text: UnsafeMutablePointer<CChar>?
        guard write(bio) == 1 else { throw NotMade("PEM text") }
        let count = ctest_text(bio, &text)
        return Array(UnsafeRawBufferPointer(start: text, count: count))
    }
}
