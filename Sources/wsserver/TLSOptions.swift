import ArgumentParser
import CommandLineSupport
import WebSocketTransport

/// Certificates of a server, as they are named on the command line.
struct TLSOptions: ParsableArguments {
    @Option(
        name: .customLong("tls-cert"),
        help: "Speak TLS with this certificate and its chain (PEM). SIGHUP reads the files again.",
        completion: .file())
    var certificate: String?

    @Option(
        name: .customLong("tls-key"), help: "The private key of --tls-cert (PEM, not encrypted).", completion: .file())
    var key: String?

    @Option(
        name: .customLong("tls-client-ca"),
        help: "Let in only clients with a certificate that one of these authorities (PEM) signed.",
        completion: .file())
    var clientAuthorities: String?

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together.")
        }
        guard clientAuthorities == nil || certificate != nil else {
            throw ValidationError("--tls-client-ca needs --tls-cert and --tls-key.")
        }
    }

    /// What the server speaks TLS with; nil when it does not.
    ///
    /// - Throws: ``CommandFailure`` (2) that names the file which cannot be used.
    func context() throws -> TLSServerContext? {
        guard let certificate, let key else { return nil }
        var configuration = TLSServerConfiguration(
            credentials: TLSCredentials(certificateChain: .file(certificate), privateKey: .file(key)))
        if let clientAuthorities {
            configuration.clientCertificates = .required(authorities: .file(clientAuthorities))
        }
        do {
            return try TLSServerContext(configuration)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}
