package import EventLoop

/// Makes secure connections of the sockets that a server accepts.
package struct SecureServer: Sendable {
    private let context: LoopBound<SecureContext>

    /// Proves itself by a certificate: PEM files of the chain, the server's own first, and of its
    /// private key.
    package init(
        certificateFile: String, keyFile: String, loop: EventLoop
    ) throws(TLSFault) {
        let context = try SecureContext.server(certificateFile: certificateFile, keyFile: keyFile)
        self.context = LoopBound(context, to: loop)
    }

    /// Proves itself by a pre-shared key, and wants the same of its clients.
    ///
    /// - Parameter keys: Asked at each handshake; all are accepted.
    package init(
        preSharedKeys keys: @escaping @Sendable () -> [PreSharedKey], loop: EventLoop
    ) throws(TLSFault) {
        context = LoopBound(try SecureContext.preShared(.server, keys: keys), to: loop)
    }

    /// Completes the handshake on a new connection.
    package nonisolated(nonsending) func secure(
        _ socket: Socket, until deadline: MonotonicTime?
    ) async throws(SocketFault) {
        try await socket.secure(
            with: try stream(in: context.value), inTurn: true, until: deadline)
    }
}

/// Makes secure connections of the sockets that a client connects.
package struct SecureClient: Sendable {
    private let context: LoopBound<SecureContext>
    private var host: String?
    private let clock: @Sendable () -> Int64?

    /// Wants a certificate for the host.
    ///
    /// - Parameters:
    ///   - host: A name or a numeric address.
    ///   - authoritiesFile: A PEM file of the authorities that may vouch for it.
    ///   - clock: The seconds since 1970 by which certificates are judged; nil for the system's.
    package init(
        host: String, authoritiesFile: String, loop: EventLoop,
        clock: @escaping @Sendable () -> Int64? = { nil }
    ) throws(TLSFault) {
        context = LoopBound(try .client(authoritiesFile: authoritiesFile), to: loop)
        self.host = host
        self.clock = clock
    }

    /// Returns a client of another host, which shares the authorities of this one.
    package func client(of host: String) -> SecureClient {
        var client = self
        client.host = host
        return client
    }

    /// Takes any certificate. For a question whose answer nobody has to believe, such as a
    /// program's to itself.
    package init(believingAnyone loop: EventLoop) throws(TLSFault) {
        context = LoopBound(try .client(authoritiesFile: nil), to: loop)
        host = nil
        clock = { nil }
    }

    /// Proves itself by a pre-shared key, and wants the same of the server.
    ///
    /// - Parameter keys: Asked at each handshake; the first is presented.
    package init(
        preSharedKeys keys: @escaping @Sendable () -> [PreSharedKey], loop: EventLoop
    ) throws(TLSFault) {
        context = LoopBound(try SecureContext.preShared(.client, keys: keys), to: loop)
        host = nil
        clock = { nil }
    }

    /// Completes the handshake on a new connection.
    package nonisolated(nonsending) func secure(
        _ socket: Socket, until deadline: MonotonicTime?
    ) async throws(SocketFault) {
        let stream = try stream(in: context.value)
        if let host {
            do throws(TLSFault) {
                try stream.expect(host: host, at: clock())
            } catch {
                throw .insecure(error.description)
            }
        }
        try await socket.secure(with: stream, inTurn: false, until: deadline)
    }
}

private func stream(in context: SecureContext) throws(SocketFault) -> SecureStream {
    do throws(TLSFault) {
        return try SecureStream(context)
    } catch {
        throw .insecure(error.description)
    }
}

/// Finds the authorities that the machine's operator trusts.
package enum SystemAuthorities {
    /// The paths at which distributions and images keep them, in one PEM file.
    private static let places = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ]

    /// Returns the first such file that `exists`, or nil.
    package static func file(_ exists: (String) -> Bool) -> String? { places.first(where: exists) }
}
