// What tests need of OpenSSL and the product does not: making certificates, and peers that misbehave.
#pragma once

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// A new key on the curve P-256: made in microseconds.
static inline EVP_PKEY *ctest_make_key(void) { return EVP_EC_gen("P-256"); }

static inline int ctest_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension) return 0;
    int result = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return result;
}

/// A certificate of `key`, signed by `issuer`, or by itself when that is NULL. Times are seconds from now.
///
/// `names` is a subjectAltName as OpenSSL's configuration files have it ("DNS:a.example,IP:127.0.0.1"), `purpose` an
/// extendedKeyUsage; NULL leaves either out.
static inline X509 *ctest_make_certificate(
    const char *subject, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuerKey, long serial, long notBefore, long notAfter,
    int isAuthority, const char *names, const char *purpose
) {
    X509 *certificate = X509_new();
    if (!certificate) return NULL;
    X509_NAME *name = X509_get_subject_name(certificate);
    int ok = X509_set_version(certificate, 2) && ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial)
        && X509_gmtime_adj(X509_getm_notBefore(certificate), notBefore)
        && X509_gmtime_adj(X509_getm_notAfter(certificate), notAfter)
        && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)subject, -1, -1, 0)
        && X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : name)
        && X509_set_pubkey(certificate, key);
    X509 *signer = issuer ? issuer : certificate;
    ok = ok && ctest_add_extension(certificate, signer, NID_subject_key_identifier, "hash")
        && ctest_add_extension(
            certificate, signer, NID_basic_constraints, isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE")
        && (!names || ctest_add_extension(certificate, signer, NID_subject_alt_name, names))
        && (!purpose || ctest_add_extension(certificate, signer, NID_ext_key_usage, purpose))
        && X509_sign(certificate, issuer ? issuerKey : key, EVP_sha256());
    if (ok) return certificate;
    X509_free(certificate);
    return NULL;
}

/// The text that was written to a stream in memory.
static inline long ctest_text(BIO *bio, char **text) { return BIO_get_mem_data(bio, text); }

/// Lets a peer speak versions and suites that are refused today.
static inline void ctest_allow_old_versions(SSL_CTX *context, int minimum, int maximum) {
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, minimum);
    SSL_CTX_set_max_proto_version(context, maximum);
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
}

/// Lets a connection begin a second handshake, which our own settings forbid.
static inline void ctest_allow_renegotiation(SSL *session) { SSL_clear_options(session, SSL_OP_NO_RENEGOTIATION); }

static inline int ctest_private_key_to_pem(BIO *bio, EVP_PKEY *key, const char *password) {
    const EVP_CIPHER *cipher = password ? EVP_aes_128_cbc() : NULL;
    return PEM_write_bio_PKCS8PrivateKey(bio, key, cipher, NULL, 0, NULL, (void *)password);
}

static inline int ctest_set_server_name(SSL *session, const char *name) { return (int)SSL_set_tlsext_host_name(session, name); }
