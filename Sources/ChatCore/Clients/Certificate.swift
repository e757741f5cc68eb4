import EventLoop
import HTTP
import Logging
import Program
import Synchronization
import TLS

/// The certificate of a server that serves HTTPS. Its two files can be read again while it runs.
final class Certificate: Sendable {
    /// An idle connection under TLS holds more memory than a plain one.
    static let connectionCountMax = 1024
    /// All people of one household or school may share an address.
    static let connectionsPerAddressMax = 512

    private let certificateFile: String
    private let keyFile: String
    private let loop: EventLoop
    private let server: Mutex<SecureServer>

    /// Reads the files.
    init(certificateFile: String, keyFile: String, loop: EventLoop) throws(StartFailure) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.loop = loop
        server = Mutex(try Self.read(certificateFile, keyFile, loop))
    }

    /// Secures each new connection by the certificate that was read last.
    var handshake: Handshake {
        { socket, deadline throws(SocketFault) in
            try await self.secure(socket, until: deadline)
        }
    }

    private nonisolated(nonsending) func secure(
        _ socket: Socket, until deadline: MonotonicTime?
    ) async throws(SocketFault) {
        let server = server.withLock(\.self)
        try await server.secure(socket, until: deadline)
    }

    /// Reads the files again on SIGHUP, and logs the outcome. After a fault the earlier certificate
    /// stays in use.
    func reload(logger: Logger) {
        do throws(StartFailure) {
            let read = try Self.read(certificateFile, keyFile, loop)
            server.withLock { $0 = read }
            logger.info("read the certificate again")
        } catch {
            logger.error("kept the certificate as it was: \(error)")
        }
    }

    /// Secures the connection of a health check to the same machine. It sends no secret, and its
    /// question has no name that a certificate could hold.
    static func healthcheckHandshake(loop: EventLoop) throws(StartFailure) -> Handshake {
        do throws(TLSFault) {
            let client = try SecureClient(believingAnyone: loop)
            return { socket, deadline throws(SocketFault) in
                try await client.secure(socket, until: deadline)
            }
        } catch {
            throw StartFailure("TLS cannot be set up: \(error)")
        }
    }

    private static func read(
        _ certificateFile: String, _ keyFile: String, _ loop: EventLoop
    ) throws(StartFailure) -> SecureServer {
        do throws(TLSFault) {
            return try SecureServer(
                certificateFile: certificateFile, keyFile: keyFile, loop: loop)
        } catch {
            let certificate = Defaults.tlsCertificate.option("--tls-certificate")
            let key = Defaults.tlsKey.option("--tls-key")
            switch error {
            case .certificateUnusable:
                throw StartFailure("\(certificate) '\(certificateFile)': \(error)")
            case .keyUnusable, .keyOfAnotherCertificate:
                throw StartFailure("\(key) '\(keyFile)': \(error)")
            case .authoritiesUnusable, .hostUnusable, .failed:
                throw StartFailure("TLS cannot be set up: \(error)")
            }
        }
    }
}
