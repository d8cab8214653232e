"""Tests of the certificate of a run, with Python's own TLS as the judge."""

import os
import shutil
import ssl
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from certificate import Certificate


def shake_hands(certificate, host, authority):
    """A TLS handshake in memory; raises ssl.SSLError when the client does not trust what it sees."""
    there = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    there.load_cert_chain(certificate.chain, certificate.key)
    here = ssl.create_default_context(cafile=authority)
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = there.wrap_bio(to_server, to_client, server_side=True)
    client = here.wrap_bio(to_client, to_server, server_hostname=host)
    for _ in range(3):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass


@unittest.skipUnless(shutil.which("openssl"), "needs the openssl command")
class Certificates(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.certificate = Certificate(folder.name)

    def test_a_client_that_trusts_the_authority_trusts_the_server(self):
        for host in ("127.0.0.1", "localhost"):
            shake_hands(self.certificate, host, self.certificate.authority)

    def test_nobody_else_does_and_for_no_other_host(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            shake_hands(self.certificate, "127.0.0.1", None)
        with self.assertRaises(ssl.SSLCertVerificationError):
            shake_hands(self.certificate, "example.org", self.certificate.authority)

    def test_what_openssl_refuses_is_an_error(self):
        with self.assertRaisesRegex(OSError, "openssl x509"):
            self.certificate.openssl("x509", "-in", "nothing")


if __name__ == "__main__":
    unittest.main()
