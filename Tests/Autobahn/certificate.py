"""A certificate authority that lives as long as a run, and a certificate of it for 127.0.0.1."""

import os
import subprocess

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Certificate:
    """Files in `folder`: `authority` (what a client trusts), `chain` and `key` (what a server shows)."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = os.path.join(folder, "authority.pem")
        self.chain = os.path.join(folder, "server.pem")
        self.key = os.path.join(folder, "server.key")
        names = os.path.join(folder, "names")
        with open(names, "w", encoding="ascii") as file:
            file.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        self.openssl(
            "req", "-x509", *KEY, "-keyout", "authority.key", "-out", self.authority, "-days", "2", "-subj",
            "/CN=Authority of one test run", "-addext", "keyUsage=critical,keyCertSign")
        self.openssl("req", *KEY, "-keyout", self.key, "-out", "server.csr", "-subj", "/CN=127.0.0.1")
        self.openssl(
            "x509", "-req", "-in", "server.csr", "-CA", self.authority, "-CAkey", "authority.key", "-CAcreateserial",
            "-days", "2", "-extfile", names, "-out", self.chain)

    def openssl(self, *words):
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise OSError(f"`openssl {words[0]}` failed: {done.stderr.strip()[-300:]}")
