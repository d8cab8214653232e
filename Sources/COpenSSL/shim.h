// OpenSSL as Swift can call it: what OpenSSL offers as macros only, as functions. Nothing here decides anything.
#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Bits of SSL_CTX_set_options, which are expressions with casts.
static const uint64_t copenssl_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
static const uint64_t copenssl_no_compression = SSL_OP_NO_COMPRESSION;
static const uint64_t copenssl_no_ticket = SSL_OP_NO_TICKET;

/// How X509_NAME_print_ex writes a name as RFC 2253 has it.
static const unsigned long copenssl_name_as_rfc2253 = XN_FLAG_RFC2253;

static inline int copenssl_set_minimum_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int copenssl_set_maximum_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_max_proto_version(context, version);
}

static inline void copenssl_set_mode(SSL_CTX *context, long mode) { SSL_CTX_set_mode(context, mode); }

static inline void copenssl_set_session_cache_mode(SSL_CTX *context, long mode) {
    SSL_CTX_set_session_cache_mode(context, mode);
}

/// Takes a reference of its own.
static inline int copenssl_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline void copenssl_set_server_name_callback(
    SSL_CTX *context, int (*callback)(SSL *session, int *alert, void *argument), void *argument
) {
    SSL_CTX_set_tlsext_servername_callback(context, callback);
    SSL_CTX_set_tlsext_servername_arg(context, argument);
}

static inline int copenssl_set_server_name(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}

static inline const char *copenssl_cipher_name(const SSL *session) { return SSL_get_cipher_name(session); }

static inline void copenssl_free(void *memory) { OPENSSL_free(memory); }
