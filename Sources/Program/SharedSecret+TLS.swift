import Cryptography
import Encoding
package import EventLoop
package import HTTP
package import Logging
package import TLS

/// TLS on the bridge between the programs. A pre-shared key proves that each side holds the shared
/// secret. So there is no certificate to issue or to expire.
extension SharedSecret {
    private static let keyInfo = Array("chat bridge psk v1".utf8)
    private static let identityInfo = Array("chat bridge psk id v1".utf8)
    private static let identityBytes = 8

    /// The keys that HKDF derives from the secrets at this moment, in the same order.
    package var preSharedKeys: [PreSharedKey] {
        let salt: [UInt8] = []
        return all.map { secret in
            let identity = HKDFSHA256.key(
                from: secret, salt: salt.span, info: Self.identityInfo.span,
                count: Self.identityBytes)
            let digits = identity.withBytes { bytes in
                Hex.encode(bytes.indices.map { bytes[$0] })
            }
            return PreSharedKey(
                identity: "chatcore-\(digits)",
                key: HKDFSHA256.key(
                    from: secret, salt: salt.span, info: Self.keyInfo.span,
                    count: PreSharedKey.keyBytes))
        }
    }

    /// Returns what a server does with each new connection: it accepts all of the keys. It looks at
    /// the file first, since a client that has a new secret can ask nothing before the handshake.
    package func serverHandshake(
        loop: EventLoop, logger: Logger
    ) throws(StartFailure) -> Handshake {
        do throws(TLSFault) {
            let server = try SecureServer(
                preSharedKeys: {
                    self.reloadIfChanged(logger: logger)
                    return self.preSharedKeys
                }, loop: loop)
            return { socket, deadline throws(SocketFault) in
                try await server.secure(socket, until: deadline)
            }
        } catch {
            throw StartFailure("TLS cannot be set up: \(error)")
        }
    }

    /// Returns what a client does with each new connection: it presents the first key.
    package func clientHandshake(loop: EventLoop) throws(StartFailure) -> Handshake {
        do throws(TLSFault) {
            let client = try SecureClient(preSharedKeys: { self.preSharedKeys }, loop: loop)
            return { socket, deadline throws(SocketFault) in
                try await client.secure(socket, until: deadline)
            }
        } catch {
            throw StartFailure("TLS cannot be set up: \(error)")
        }
    }
}
