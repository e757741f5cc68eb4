internal import CLinux
internal import COpenSSL

/// The C library under every algorithm of this target. Only `TLS` imports it too.
package enum OpenSSL {
    /// Starts libcrypto without a configuration file, which could replace its algorithms, and with
    /// locked memory for expanded keys. Call it once, before anything else of this target.
    package static func start() {
        CRYPTO_set_mem_functions(clinux_malloc, clinux_realloc, clinux_free)
        copenssl_start()
    }
}

/// An OpenSSL call that failed for want of memory or entropy. The input was not at fault.
package struct OpenSSLFault: Error, Equatable {
    /// The name of the call, or the step it stands for.
    package let call: StaticString

    package init(call: StaticString) {
        self.call = call
    }

    package static func == (one: OpenSSLFault, other: OpenSSLFault) -> Bool {
        one.call.description == other.call.description
    }
}

/// Bytes from OpenSSL's generator, which seeds itself from the kernel. Fit for keys and nonces.
package enum RandomBytes {
    /// Returns `count` fresh bytes.
    package static func make(_ count: Int) throws(OpenSSLFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw OpenSSLFault(call: "RAND_bytes") }
        return bytes
    }
}
