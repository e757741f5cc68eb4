#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

/* Starts libcrypto without what it would set up unasked: no configuration file, which could put
   other algorithms in place of its own; and, since nothing here uses them, no texts of its errors
   and no list of algorithms by their former names. To be called before anything else of it. */
static inline void copenssl_start(void) {
    OPENSSL_init_crypto(
        OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS
            | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS,
        NULL);
}
