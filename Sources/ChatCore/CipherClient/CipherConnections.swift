import Chat
import Cryptography
import EventLoop
import HTTP
import Program

/// Kept-alive connections to Cipher. Every request over them carries the shared secret.
struct CipherConnections: Sendable {
    private let client: Client
    private let secret: SharedSecret?

    /// - Parameter keys: Judges the keys behind each new connection; nil for connections that only
    ///   fetch the keys, which must work while the keys are wrong.
    init(
        _ site: CipherSite, countMax: Int, bodyBytesMax: Int, keys: CipherKeys?
    ) {
        secret = site.secret
        var limits = ClientLimits()
        limits.connectionCountMax = countMax
        limits.connectTimeMax = site.limits.connectTimeMax
        limits.answerTimeMax = site.limits.answerTimeMax
        limits.response.bodyBytesMax = bodyBytesMax
        client = Client(
            host: site.address.host, port: site.address.port, loop: site.loop, limits: limits,
            resolver: site.resolver, handshake: site.handshake,
            check: keys.map { [secret] keys in
                ConnectionCheck(
                    target: CipherKeys.target, fields: { Self.fields(secret) },
                    verify: { response throws(VaultFault) in
                        try await keys.approveKeys(in: response)
                    })
            })
    }

    func get(_ target: String) async throws(VaultFault) -> ClientResponse {
        try await send(.get, target, Self.fields(secret))
    }

    /// - Parameter requestIDs: The callers' request ids, for Cipher's log.
    func post(
        _ target: String, _ body: [UInt8], for requestIDs: String,
        type: String = "application/json"
    ) async throws(VaultFault) -> ClientResponse {
        var fields = Self.fields(secret)
        fields.append(("Content-Type", type))
        if !requestIDs.isEmpty { fields.append((RequestID.field, requestIDs)) }
        return try await send(.post, target, fields, body)
    }

    func close() async {
        await client.close()
    }

    private func send(
        _ method: HTTP.Method, _ target: String, _ fields: ConnectionCheck.Fields,
        _ body: [UInt8] = []
    ) async throws(VaultFault) -> ClientResponse {
        do {
            // All requests to Cipher may be repeated without harm.
            return try await client.send(
                method, target, fields: fields, body: body, mayRepeat: true)
        } catch {
            if case .refused(let refusal) = error, let fault = refusal.reason as? VaultFault {
                throw fault
            }
            throw .unavailable("Cipher is not reached: \(error)")
        }
    }

    private static func fields(_ secret: SharedSecret?) -> ConnectionCheck.Fields {
        guard let secret else { return [] }
        let text = secret.presented.withBytes { bytes in
            bytes.withUnsafeBufferPointer { "Bearer " + String(decoding: $0, as: UTF8.self) }
        }
        return [("Authorization", text)]
    }
}

/// The facts that all lanes share: the address, the secret, and the limits.
struct CipherSite: Sendable {
    let address: CipherAddress
    let secret: SharedSecret?
    let loop: EventLoop
    let resolver: WorkerPool?
    /// Nil where Cipher speaks plain HTTP.
    let handshake: Handshake?
    let limits: CipherClientLimits
}
