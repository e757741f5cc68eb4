internal import COpenSSL
internal import Cryptography
package import EventLoop

/// One connection's TLS: bytes in, bytes out, no I/O.
package final class SecureStream: SocketFilter {
    /// A head of HTTP has as much. An unfinished handshake holds no more memory than that.
    private static let handshakeBytesMax = (server: 16 << 10, client: 64 << 10)
    /// Of answers to what the peer sends unasked, such as requests for new keys.
    private static let outputBytesMax = 64 << 10

    private let context: SecureContext
    private let connection: OpaquePointer
    /// The peer's bytes that the current call was given.
    private var wire = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The peer's bytes that earlier calls did not use. The first `leftTaken` of them are used up.
    private var left: [UInt8] = []
    private var leftTaken = 0
    package var output: [UInt8] = []
    /// The identity that the client presents. OpenSSL reads it after the callback has returned.
    private(set) var identity: UnsafeMutableBufferPointer<UInt8>?

    private var handshakeBytes = 0
    private var isSecure = false
    private var hasFailed = false
    private var hasEndedWriting = false

    init(_ context: SecureContext) throws(TLSFault) {
        guard let connection = SSL_new(context.pointer) else { throw .failed(call: "SSL_new") }
        guard let memory = BIO_new(context.memory) else {
            SSL_free(connection)
            throw .failed(call: "BIO_new")
        }
        self.context = context
        self.connection = connection
        // One BIO for both ways; the connection owns it from here.
        SSL_set_bio(connection, memory, memory)
        let me = Unmanaged.passUnretained(self).toOpaque()
        BIO_set_data(memory, me)
        SSL_set_ex_data(connection, 0, me)
        switch context.side {
        case .server: SSL_set_accept_state(connection)
        case .client: SSL_set_connect_state(connection)
        }
    }

    deinit {
        SSL_free(connection)
        identity?.deallocate()
    }

    /// Has the certificate judged for this host.
    ///
    /// - Parameters:
    ///   - host: A name, which the server is also told (SNI), or a numeric address.
    ///   - seconds: Since 1970, for the times in the certificate; nil asks the system's clock.
    func expect(host: String, at seconds: Int64?) throws(TLSFault) {
        let rules = SSL_get0_param(connection)
        if let seconds { X509_VERIFY_PARAM_set_time(rules, Int(seconds)) }
        if SocketAddress(numeric: host, port: 0) != nil {
            guard X509_VERIFY_PARAM_set1_ip_asc(rules, host) == 1 else { throw .hostUnusable }
            return
        }
        let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
        X509_VERIFY_PARAM_set_hostflags(rules, flags)
        let isSet =
            !host.isEmpty && X509_VERIFY_PARAM_set1_host(rules, host, host.utf8.count) == 1
            && copenssl_set_server_name(connection, host) == 1
        guard isSet else { throw .hostUnusable }
    }

    // MARK: The filter

    package var undecodedByteCount: Int { left.count - leftTaken }

    package var hasInput: Bool { leftTaken < left.count || SSL_pending(connection) > 0 }

    package func shakeHands(_ wire: UnsafeRawBufferPointer) throws(SocketFault) -> Bool {
        handshakeBytes += wire.count
        let step = try call(with: wire) { SSL_do_handshake(connection) }
        guard case .bytes = step else {
            if step == .end { throw fail("the peer ended the handshake") }
            let max = Self.handshakeBytesMax
            guard handshakeBytes <= (context.side == .server ? max.server : max.client) else {
                throw fail("the handshake is too long")
            }
            return false
        }
        // A connection without the key would have needed a certificate, which nobody vouches for.
        guard context.keys == nil || SSL_session_reused(connection) == 1 else {
            throw fail("the peer does not hold the key")
        }
        isSecure = true
        return true
    }

    package func read(
        _ wire: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SocketFault) -> FilteredInput {
        var count = 0
        // OpenSSL gives one record at a time.
        let last = try call(with: wire) {
            while count < buffer.count {
                let result = SSL_read(
                    connection, buffer.baseAddress?.advanced(by: count),
                    Int32(clamping: buffer.count - count))
                guard result > 0 else { return result }
                count += Int(result)
            }
            return 1
        }
        guard output.count <= Self.outputBytesMax else { throw fail("the peer asks too much") }
        return count > 0 ? .bytes(count) : last
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(SocketFault) {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        output.reserveCapacity(output.count + bytes.count + bytes.count / 64 + 64)
        let step = try call(with: nothing) {
            SSL_write(connection, bytes.baseAddress, Int32(clamping: bytes.count))
        }
        guard step == .bytes(bytes.count) else { throw fail("a write was left undone") }
    }

    package func endWriting() {
        guard isSecure, !hasFailed, !hasEndedWriting else { return }
        hasEndedWriting = true
        ERR_clear_error()
        SSL_shutdown(connection)
    }

    /// The version that was agreed upon, such as `TLSv1.3`.
    var version: String { String(cString: SSL_get_version(connection)) }

    // MARK: Calls

    /// Runs a call that may take from `wire`, keeps what it leaves, and says how it ended.
    private func call(
        with wire: UnsafeRawBufferPointer, _ body: () -> Int32
    ) throws(SocketFault) -> FilteredInput {
        guard !hasFailed else { throw .insecure("the connection has failed before") }
        self.wire = wire
        // Errors are the thread's: those of others must not be taken for this connection's.
        ERR_clear_error()
        let result = body()
        let outcome = result > 0 ? SSL_ERROR_NONE : SSL_get_error(connection, result)
        keepRest()
        switch outcome {
        case SSL_ERROR_NONE: return .bytes(Int(result))
        case SSL_ERROR_WANT_READ: return .needsMore
        case SSL_ERROR_ZERO_RETURN: return .end
        case _: throw fail(reason())
        }
    }

    private func keepRest() {
        if leftTaken == left.count {
            left = []
            leftTaken = 0
        }
        left.append(contentsOf: wire)
        wire = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    private func fail(_ reason: String) -> SocketFault {
        hasFailed = true
        return .insecure(reason)
    }

    private func reason() -> String {
        let verdict = SSL_get_verify_result(connection)
        if verdict != X509_V_OK, let text = X509_verify_cert_error_string(verdict) {
            return "the certificate is refused: \(String(cString: text))"
        }
        let error = ERR_peek_last_error()
        return ERR_reason_error_string(error).map { String(cString: $0) } ?? "error \(error)"
    }
}

// MARK: Callbacks of OpenSSL

extension SecureStream {
    /// The BIO that takes from `wire` and adds to `output`.
    static func makeMemory() -> OpaquePointer? {
        guard let method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "memory") else { return nil }
        BIO_meth_set_create(method) { bio in
            BIO_set_init(bio, 1)
            return 1
        }
        BIO_meth_set_read(method) { bio, bytes, count in
            let count = SecureStream.of(BIO_get_data(bio))?.give(bytes, Int(count)) ?? 0
            if count == 0 { copenssl_wants_input(bio) }
            return count > 0 ? Int32(count) : -1
        }
        BIO_meth_set_write(method) { bio, bytes, count in
            SecureStream.of(BIO_get_data(bio))?.output.append(
                contentsOf: UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            return count
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> SecureStream? {
        data.map { Unmanaged<SecureStream>.fromOpaque($0).takeUnretainedValue() }
    }

    static func of(_ connection: OpaquePointer?) -> SecureStream? {
        of(SSL_get_ex_data(connection, 0))
    }

    private func give(_ bytes: UnsafeMutablePointer<CChar>?, _ max: Int) -> Int {
        let target = UnsafeMutableRawBufferPointer(start: bytes, count: max)
        if leftTaken < left.count {
            let count = min(max, left.count - leftTaken)
            left.withUnsafeBytes { left in
                target.copyMemory(from: .init(rebasing: left[leftTaken..<(leftTaken + count)]))
            }
            leftTaken += count
            return count
        }
        let count = min(max, wire.count)
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: wire[..<count]))
        wire = UnsafeRawBufferPointer(rebasing: wire[count...])
        return count
    }

    // MARK: Pre-shared keys

    func session(named name: UnsafeBufferPointer<UInt8>) -> OpaquePointer? {
        context.keys?().first { $0.identity.elementsEqual(name) }.flatMap(session)
    }

    func presentedSession() -> OpaquePointer? {
        guard let key = context.keys?().first, let session = session(of: key) else { return nil }
        identity?.deallocate()
        identity = .allocate(capacity: key.identity.count)
        _ = identity?.initialize(fromContentsOf: key.identity)
        return session
    }

    /// A session as if an earlier connection had agreed upon the key. OpenSSL takes it over.
    private func session(of key: PreSharedKey) -> OpaquePointer? {
        // TLS_AES_128_GCM_SHA256 (RFC 8446 §B.4)
        guard let cipher = SSL_CIPHER_find(connection, [0x13, 0x01]),
            let session = SSL_SESSION_new()
        else { return nil }
        let isSet = key.key.withBytes { key in
            key.withUnsafeBufferPointer {
                SSL_SESSION_set1_master_key(session, $0.baseAddress, $0.count) == 1
            }
        }
        guard isSet, SSL_SESSION_set_cipher(session, cipher) == 1,
            SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1
        else {
            SSL_SESSION_free(session)
            return nil
        }
        return session
    }
}
