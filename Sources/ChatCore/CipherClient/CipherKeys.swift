import Chat
import EventLoop
import HTTP

/// Decides which of Cipher's keys may be used.
///
/// Every connection to Cipher begins with a look at the keys behind it, so that nothing is sealed
/// or opened by a process whose keys were not approved: Cipher may have been restarted with others.
actor CipherKeys {
    typealias Approve = @Sendable ([VaultKey]) async throws(VaultFault) -> Void

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    static let target = "/keys"

    /// Nil unless the client runs.
    private var approve: Approve?
    /// Why the last connection was not accepted; nil where it was.
    private(set) var refusal: VaultFault?
    /// Versions that a vault held whose keys were approved.
    private var approvedVersions: Set<Int> = []

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// - Parameter approve: Throws where nothing may go to a vault that holds these keys; nil
    ///   where nothing may go to any.
    func approve(with approve: Approve?) {
        self.approve = approve
    }

    /// Whether a connection may be used over which `GET /keys` was answered so.
    func accepts(_ response: ClientResponse) async -> Bool {
        do throws(VaultFault) {
            try await approveKeys(in: response)
            refusal = nil
            return true
        } catch {
            refusal = error
            return false
        }
    }

    /// Throws unless a vault with keys of these versions was approved. A key may have been added
    /// while connections stayed: then `look` asks for them anew, over the same connection, before
    /// anything that such a key sealed is given away.
    func check(
        _ versions: [Int], look: () async throws(VaultFault) -> ClientResponse
    ) async throws(VaultFault) {
        if approvedVersions.isSuperset(of: versions) { return }
        try await approveKeys(in: try await look())
        guard approvedVersions.isSuperset(of: versions) else { throw CipherAnswer.unreadable }
    }

    private func approveKeys(in response: ClientResponse) async throws(VaultFault) {
        guard let approve else { throw CipherClient.notRunning }
        let keys = try CipherAnswer.keys(response)
        try await approve(keys)
        approvedVersions.formUnion(keys.map(\.version))
    }
}
