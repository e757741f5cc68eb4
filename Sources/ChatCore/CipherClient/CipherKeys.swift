import Chat
import EventLoop
import HTTP

/// Has the keys of Cipher approved before their use.
///
/// Cipher may have been restarted with other keys. So every new connection first fetches the keys
/// behind it, and carries no text if they are not approved.
actor CipherKeys {
    typealias Approve = @Sendable ([VaultKey]) async throws(VaultFault) -> Void

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    static let target = "/keys"

    /// Nil unless the client runs.
    private var approve: Approve?
    /// All versions of all approved sets of keys.
    private var approvedVersions: Set<Int> = []

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// - Parameter approve: Throws if nothing may go to a vault that holds these keys. With nil,
    ///   nothing may go to any vault.
    func setApproval(_ approve: Approve?) {
        self.approve = approve
    }

    /// Throws unless keys of these versions were approved. Call it before a sealed content is given
    /// away, because Cipher may gain a key while its connections stay.
    ///
    /// - Parameter probe: Fetches the keys again over the same connection.
    func check(
        _ versions: [Int], probe: () async throws(VaultFault) -> ClientResponse
    ) async throws(VaultFault) {
        if approvedVersions.isSuperset(of: versions) { return }
        try await approveKeys(in: try await probe())
        guard approvedVersions.isSuperset(of: versions) else { throw CipherAnswer.unreadable }
    }

    /// Has the keys in an answer to `GET /keys` approved. Throws if the connection that gave it
    /// must not be used.
    func approveKeys(in response: ClientResponse) async throws(VaultFault) {
        guard let approve else { throw CipherClient.notRunning }
        let keys = try CipherAnswer.keys(response)
        try await approve(keys)
        approvedVersions.formUnion(keys.map(\.version))
    }
}
