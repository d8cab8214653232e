import COpenSSL
import Glibc

/// Where certificates or a key in PEM form come from.
public enum PEMSource: Sendable, Hashable, CustomStringConvertible {
    /// A file, read when a context is made and again when it is reloaded.
    case file(String)
    case bytes([UInt8])

    public var description: String {
        switch self {
        case .file(let path): path
        case .bytes: "the PEM text given"
        }
    }

    /// More than any list of authorities has. Bytes.
    private static let limit = 16 << 20

    func read() throws(TLSError) -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .file(let path):
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw unusable(Self.systemReason()) }
            defer { close(descriptor) }
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 16 * 1024)
            while true {
                let count = Glibc.read(descriptor, &piece, piece.count)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw unusable(Self.systemReason()) }
                if count == 0 { return bytes }
                guard bytes.count + count <= Self.limit else { throw unusable("it is larger than 16 MiB") }
                bytes += piece[..<count]
            }
        }
    }

    func unusable(_ reason: String) -> TLSError { .unusable(what: description, reason: reason) }

    private static func systemReason() -> String {
        let code = errno
        return strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }

    /// Calls `body` with an OpenSSL stream over the text.
    func withBIO<Value>(_ body: (OpaquePointer) throws(TLSError) -> Value) throws(TLSError) -> Value {
        let bytes = try read()
        ErrorQueue.clear()
        guard let count = Int32(exactly: bytes.count) else { throw unusable("it is too large") }
        // Copies nothing: the memory must outlive the stream, and does.
        return try bytes.span.bytes.withUnsafeBytes { (memory) throws(TLSError) in
            guard let bio = BIO_new_mem_buf(memory.baseAddress, count) else { throw unusable("it is empty") }
            defer { BIO_free(bio) }
            return try body(bio)
        }
    }
}

/// A certificate, with the chain up to the root that others trust, and its private key.
public struct TLSCredentials: Sendable, Hashable {
    /// The certificate first, then those that sign it; the root may be left out.
    public var certificateChain: PEMSource
    /// Not encrypted: nobody is there to be asked for a password.
    public var privateKey: PEMSource

    public init(certificateChain: PEMSource, privateKey: PEMSource) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }
}

/// One certificate; freed with its owner.
struct Certificate: ~Copyable {
    let pointer: OpaquePointer

    deinit { X509_free(pointer) }
}

extension PEMSource {
    /// Calls `body` with every certificate of the text, in order.
    ///
    /// - Throws: when there is none, or one that is damaged.
    func forEachCertificate(_ body: (borrowing Certificate) throws(TLSError) -> Void) throws(TLSError) {
        try withBIO { (bio) throws(TLSError) in
            var count = 0
            while let pointer = PEM_read_bio_X509(bio, nil, Self.noPassword, nil) {
                count += 1
                try body(Certificate(pointer: pointer))
            }
            // The end of the text is reported as the lack of a further first line.
            let last = ERR_peek_last_error()
            let isEnd = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE
            guard isEnd else { throw unusable(ErrorQueue.takeReason()) }
            ErrorQueue.clear()
            guard count > 0 else { throw unusable("it holds no certificate") }
        }
    }

    /// Calls `body` with the private key of the text.
    func withPrivateKey(_ body: (OpaquePointer) throws(TLSError) -> Void) throws(TLSError) {
        try withBIO { (bio) throws(TLSError) in
            guard let key = PEM_read_bio_PrivateKey(bio, nil, Self.noPassword, nil) else {
                throw unusable("it holds no unencrypted private key (\(ErrorQueue.takeReason()))")
            }
            defer { EVP_PKEY_free(key) }
            try body(key)
        }
    }

    /// Without it OpenSSL would ask on the terminal.
    private static let noPassword:
        @convention(c) (
            UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
        ) -> Int32 = { _, _, _, _ in -1 }
}
