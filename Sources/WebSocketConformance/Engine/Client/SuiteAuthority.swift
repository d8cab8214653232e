import COpenSSL
import Glibc
import Reactor

/// A certificate authority that lives as long as the suite, for doors that show clients good and bad certificates. Confined
/// to a lane.
final class SuiteAuthority {
    struct NotMade: Error, CustomStringConvertible {
        let description: String

        fileprivate init(_ what: String) {
            ERR_clear_error()
            description = "OpenSSL did not make \(what)"
        }
    }

    private let root: Signed
    /// Its own certificate, PEM.
    let certificate: [UInt8]

    /// A certificate and its key; freed with their owner.
    private final class Signed {
        let key: OpaquePointer
        let certificate: OpaquePointer

        /// - Parameters:
        ///   - names: as a subjectAltName of OpenSSL's configuration; nil for an authority.
        ///   - validity: in seconds from now.
        ///   - signer: nil signs itself.
        init(_ subject: String, names: String?, validity: ClosedRange<Int>, signer: Signed?) throws(NotMade) {
            guard let key = copenssl_make_key() else { throw NotMade("a key") }
            guard let certificate = X509_new() else {
                EVP_PKEY_free(key)
                throw NotMade("a certificate")
            }
            self.key = key
            self.certificate = certificate
            let name = X509_get_subject_name(certificate)
            let issuer = signer?.certificate ?? certificate
            let isMade =
                X509_set_version(certificate, 2) == 1
                && ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...1 << 40)) == 1
                && X509_gmtime_adj(X509_getm_notBefore(certificate), validity.lowerBound) != nil
                && X509_gmtime_adj(X509_getm_notAfter(certificate), validity.upperBound) != nil
                && X509_NAME_add_entry_by_txt(
                    name, "CN", Int32(MBSTRING_FLAG | 1), Array(subject.utf8), Int32(subject.utf8.count), -1, 0) == 1
                && X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1
                && X509_set_pubkey(certificate, key) == 1
                && copenssl_add_extension(certificate, issuer, NID_subject_key_identifier, "hash") == 1
                && copenssl_add_extension(
                    certificate, issuer, NID_basic_constraints, names == nil ? "critical,CA:TRUE" : "critical,CA:FALSE")
                    == 1
                && (names.map { copenssl_add_extension(certificate, issuer, NID_subject_alt_name, $0) == 1 } ?? true)
                && X509_sign(certificate, signer?.key ?? key, EVP_sha256()) > 0
            guard isMade else { throw NotMade("a certificate for \(subject)") }
        }

        deinit {
            X509_free(certificate)
            EVP_PKEY_free(key)
        }
    }

    init() throws(NotMade) {
        root = try Signed("wsbench conformance", names: nil, validity: -7200...864_000, signer: nil)
        let certificate = root.certificate
        self.certificate = try Self.pem { PEM_write_bio_X509($0, certificate) }
    }

    /// What a server shows.
    ///
    /// - Parameters:
    ///   - names: `DNS:localhost,IP:127.0.0.1`.
    ///   - validity: in seconds from now.
    ///   - isSelfSigned: whether nobody else signs it.
    func context(
        names: String, validity: ClosedRange<Int> = -3600...86_400, isSelfSigned: Bool = false
    ) throws -> TLSServerContext {
        let leaf = try Signed("conformance", names: names, validity: validity, signer: isSelfSigned ? nil : root)
        let credentials = TLSCredentials(
            certificateChain: .bytes(try Self.pem { PEM_write_bio_X509($0, leaf.certificate) }),
            privateKey: .bytes(
                try Self.pem { PEM_write_bio_PKCS8PrivateKey($0, leaf.key, nil, nil, 0, nil, nil) }))
        return try TLSServerContext(TLSServerConfiguration(credentials: credentials))
    }

    private static func pem(_ write: (OpaquePointer) -> Int32) throws(NotMade) -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { throw NotMade("a stream in memory") }
        defer { BIO_free(bio) }
        var text: UnsafeMutablePointer<CChar>?
        guard write(bio) == 1 else { throw NotMade("PEM text") }
        let count = copenssl_memory_text(bio, &text)
        return Array(UnsafeRawBufferPointer(start: text, count: count))
    }
}

/// A file that goes with its owner: what an adapter is told to read.
final class TemporaryFile {
    let path: String

    /// - Throws: `SocketError` when it cannot be written.
    init(_ octets: [UInt8]) throws {
        let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(directory)/wsbench-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else { throw SocketError("make a file in \(directory)") }
        defer { close(descriptor) }
        guard write(descriptor, octets, octets.count) == octets.count else { throw SocketError("write \(path)") }
    }

    deinit { unlink(path) }
}
