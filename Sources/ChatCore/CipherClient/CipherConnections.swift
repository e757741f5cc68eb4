import Chat
import Cryptography
import EventLoop
import HTTP
import Program

/// Kept-alive connections to Cipher, with what every request over them carries.
struct CipherConnections: Sendable {
    private let client: Client
    private let secret: SharedSecret?
    private let keys: CipherKeys?

    /// - Parameter keys: Looks at the keys behind each new connection; nil for connections over
    ///   which nothing but the keys is asked for, which must work where the keys are wrong.
    init(
        _ site: CipherSite, countMax: Int, bodyBytesMax: Int, keys: CipherKeys?
    ) {
        self.keys = keys
        secret = site.secret
        var limits = ClientLimits()
        limits.connectionCountMax = countMax
        limits.connectTimeMax = site.limits.connectTimeMax
        limits.answerTimeMax = site.limits.answerTimeMax
        limits.response.bodyBytesMax = bodyBytesMax
        client = Client(
            host: site.address.host, port: site.address.port, loop: site.loop, limits: limits,
            resolver: site.resolver,
            introduction: keys.map { [secret] keys in
                Introduction(
                    target: CipherKeys.target, fields: { Self.fields(secret) },
                    accepts: { await keys.accepts($0) })
            })
    }

    func get(_ target: String) async throws(VaultFault) -> ClientResponse {
        try await send(.get, target, Self.fields(secret))
    }

    /// - Parameter requestIDs: On whose behalf it is asked, for Cipher's log.
    func post(
        _ target: String, _ body: [UInt8], for requestIDs: String
    ) async throws(VaultFault) -> ClientResponse {
        var fields = Self.fields(secret)
        fields.append(("Content-Type", "application/json"))
        if !requestIDs.isEmpty { fields.append((RequestID.field, requestIDs)) }
        return try await send(.post, target, fields, body)
    }

    func close() async {
        await client.close()
    }

    private func send(
        _ method: HTTP.Method, _ target: String, _ fields: Introduction.Fields, _ body: [UInt8] = []
    ) async throws(VaultFault) -> ClientResponse {
        do {
            // Whatever Cipher is asked, asking twice does no harm.
            return try await client.send(
                method, target, fields: fields, body: body, mayRepeat: true)
        } catch {
            if error == .refused, let refusal = await keys?.refusal { throw refusal }
            throw .unavailable("Cipher is not reached: \(error)")
        }
    }

    private static func fields(_ secret: SharedSecret?) -> Introduction.Fields {
        guard let secret else { return [] }
        let text = secret.presented.withBytes { bytes in
            String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
        }
        return [("Authorization", "Bearer \(text)")]
    }
}

/// Where Cipher is, and how it is asked.
struct CipherSite: Sendable {
    let address: CipherAddress
    let secret: SharedSecret?
    let loop: EventLoop
    let resolver: WorkerPool?
    let limits: CipherClientLimits
}
