internal import COpenSSL

/// An SSL_CTX, which the connections of one side share. It allows TLS 1.2 and 1.3, and only ciphers
/// with forward secrecy and authentication.
///
/// Lives on one thread. A connection keeps its context alive.
final class SecureContext {
    enum Side { case client, server }
    typealias Keys = @Sendable () -> [PreSharedKey]

    let side: Side
    let pointer: OpaquePointer
    /// The BIO method by which connections exchange bytes with OpenSSL, in `SecureStream`.
    let memory: OpaquePointer
    /// The pre-shared keys at this moment: the first is presented, all are accepted. Nil where
    /// certificates are used.
    let keys: Keys?

    /// TLS 1.2 alone; the suites of TLS 1.3 are all of this kind.
    private static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"
    private static let suites =
        "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"
    private static let groups = "X25519:P-256:P-384"
    /// OpenSSL's: keys of at least 112 bits of strength.
    private static let securityLevel: Int32 = 2

    private init(_ side: Side, keys: Keys?) throws(TLSFault) {
        guard let memory = SecureStream.makeMemory() else {
            throw .failed(call: "BIO_meth_new")
        }
        let method = side == .server ? TLS_server_method() : TLS_client_method()
        guard let pointer = SSL_CTX_new(method) else {
            BIO_meth_free(memory)
            throw .failed(call: "SSL_CTX_new")
        }
        self.side = side
        self.pointer = pointer
        self.memory = memory
        self.keys = keys
        copenssl_set_rules(pointer)
        SSL_CTX_set_num_tickets(pointer, 0)
        SSL_CTX_set_security_level(pointer, Self.securityLevel)
        // Otherwise OpenSSL would ask the terminal for the passphrase of a key.
        SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in -1 }
        let lowest = keys == nil ? TLS1_2_VERSION : TLS1_3_VERSION
        let suites = keys == nil ? Self.suites : "TLS_AES_128_GCM_SHA256"
        let isSet =
            copenssl_set_versions(pointer, lowest, TLS1_3_VERSION) == 1
            && SSL_CTX_set_cipher_list(pointer, Self.ciphers) == 1
            && SSL_CTX_set_ciphersuites(pointer, suites) == 1
            && copenssl_set_groups(pointer, Self.groups) == 1
        guard isSet else { throw .failed(call: "SSL_CTX_set_ciphersuites") }
    }

    deinit {
        SSL_CTX_free(pointer)
        BIO_meth_free(memory)
    }

    /// Proves itself by a certificate. The file may hold the chain, the server's own first.
    static func server(
        certificateFile: String, keyFile: String
    ) throws(TLSFault) -> SecureContext {
        let context = try SecureContext(.server, keys: nil)
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard SSL_CTX_use_certificate_chain_file(context.pointer, certificateFile) == 1 else {
            throw .certificateUnusable
        }
        guard SSL_CTX_use_PrivateKey_file(context.pointer, keyFile, SSL_FILETYPE_PEM) == 1 else {
            let reason = ERR_GET_REASON(ERR_peek_last_error())
            throw reason == X509_R_KEY_VALUES_MISMATCH ? .keyOfAnotherCertificate : .keyUnusable
        }
        guard SSL_CTX_check_private_key(context.pointer) == 1 else {
            throw .keyOfAnotherCertificate
        }
        context.chooseProtocol()
        return context
    }

    /// Requires a certificate of one of these authorities from the server. Nil accepts any
    /// certificate, for a client that neither sends secrets nor believes the answer.
    static func client(authoritiesFile: String?) throws(TLSFault) -> SecureContext {
        let context = try SecureContext(.client, keys: nil)
        if let authoritiesFile {
            ERR_clear_error()
            defer { ERR_clear_error() }
            guard SSL_CTX_load_verify_file(context.pointer, authoritiesFile) == 1 else {
                throw .authoritiesUnusable
            }
            SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
        }
        // OpenSSL's answer to this call is 0 where it succeeds.
        let offered = [8] + Array("http/1.1".utf8)
        guard SSL_CTX_set_alpn_protos(context.pointer, offered, UInt32(offered.count)) == 0 else {
            throw .failed(call: "SSL_CTX_set_alpn_protos")
        }
        return context
    }

    /// Has both sides prove that they hold a key, with a fresh exchange for forward secrecy
    /// (`psk_dhe_ke`), by TLS 1.3 alone.
    static func preShared(_ side: Side, keys: @escaping Keys) throws(TLSFault) -> SecureContext {
        let context = try SecureContext(side, keys: keys)
        // A peer that offers a certificate instead is refused: nobody vouches for any.
        if side == .client { SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil) }
        context.usePreSharedKeys()
        return context
    }
}

// MARK: Callbacks

extension SecureContext {
    /// Chooses HTTP/1.1, or else 1.0, for a client that offers protocols (RFC 7301).
    private func chooseProtocol() {
        SSL_CTX_set_alpn_select_cb(
            pointer,
            { _, chosen, length, offered, count, _ in
                let offered = UnsafeBufferPointer(start: offered, count: Int(count))
                guard
                    let place = SecureContext.place(of: "http/1.1", in: offered)
                        ?? SecureContext.place(of: "http/1.0", in: offered)
                else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                chosen?.pointee = offered.baseAddress?.advanced(by: place.lowerBound)
                length?.pointee = UInt8(place.count)
                return SSL_TLSEXT_ERR_OK
            }, nil)
    }

    /// Finds a name in a list in which a byte before each name gives its length.
    private static func place(
        of name: StaticString, in list: UnsafeBufferPointer<UInt8>
    ) -> Range<Int>? {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var start = 1
        while start <= list.count {
            let end = start + Int(list[start - 1])
            guard end <= list.count else { return nil }
            if list[start..<end].elementsEqual(name) { return start..<end }
            start = end + 1
        }
        return nil
    }

    private func usePreSharedKeys() {
        switch side {
        case .server:
            SSL_CTX_set_psk_find_session_callback(pointer) { connection, name, count, out in
                let name = UnsafeBufferPointer(start: name, count: count)
                out?.pointee = SecureStream.of(connection)?.session(named: name)
                return 1
            }
        case .client:
            SSL_CTX_set_psk_use_session_callback(pointer) {
                connection, _, name, count, out in
                guard let stream = SecureStream.of(connection),
                    let session = stream.presentedSession()
                else { return 0 }
                name?.pointee = UnsafePointer(stream.identity?.baseAddress)
                count?.pointee = stream.identity?.count ?? 0
                out?.pointee = session
                return 1
            }
        }
    }
}
