import CipherAPI
import Cryptography
import Encoding
import EventLoop
import Program

/// The one owner of the keys while the process serves. Runs on the loop's thread.
actor Vault {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let file: KeyRingFile
    private let budget: KeyBudget
    private var sealer: Sealer?

    init(file: KeyRingFile, budget: KeyBudget, loop: EventLoop) {
        self.file = file
        self.budget = budget
        self.loop = loop
    }

    /// Whether the self-test has passed and a key ring is at work.
    var isReady: Bool { sealer != nil }

    /// Tests the cipher, then reads the ring; makes one where there is none and says so.
    func start(
        _ selfTest: SelfTest = .standard, now: Int64
    ) throws(StartFailure) -> (current: Int, isNew: Bool) {
        try selfTest.run()
        let (ring, isNew) = try file.readOrCreate { () throws(StartFailure) in
            do throws(OpenSSLFault) { return try KeyRing.fresh(now: now) } catch {
                throw StartFailure("cannot make a key: \(error.call) failed")
            }
        }
        // A disk that takes no writes stops no start: the next one tries again.
        if !isNew { try? file.upgrade() }
        try budget.reload(current: ring.current.fingerprint)
        sealer = try Self.working { () throws(OpenSSLFault) in
            try Sealer(ring, budget: budget)
        }
        return (ring.current.version, isNew)
    }

    /// Reads the ring again. On a throw the one before stays at work.
    func reload() throws(StartFailure) -> Int {
        let ring = try file.read()
        guard let sealer else { return ring.current.version }
        let lost = sealer.ring.versions(notIn: ring)
        guard lost.isEmpty else {
            throw StartFailure(
                "\(file.path) is not the same ring grown: it lacks version "
                    + lost.map { "\($0)" }.joined(separator: ", ") + " or has another key there; "
                    + "put the ring back, or restart Cipher if the other one is meant")
        }
        try budget.reload(current: ring.current.fingerprint)
        self.sealer = try Self.working { () throws(OpenSSLFault) in try sealer.reloaded(ring) }
        return ring.current.version
    }

    func answer(
        _ operation: Operation, _ request: CipherRequest
    ) throws(CipherFault) -> CipherResponse {
        guard isReady else { throw Self.notReady }
        switch request {
        case .single(let item):
            return .single(try perform(operation, item))
        case .batch(let items):
            var results: [Result<JSONText, CipherFault>] = []
            results.reserveCapacity(items.count)
            for item in items {
                switch item {
                case .success(let item): results.append(result(of: operation, item))
                case .failure(let fault): results.append(.failure(fault))
                }
            }
            return .batch(results)
        }
    }

    func keys(now: Int64) throws(CipherFault) -> KeysResponse {
        guard let sealer else { throw Self.notReady }
        return KeysResponse(
            keys: sealer.ring.keys.map { key in
                let uses = sealer.uses(of: key.version)
                return KeysResponse.Key(
                    version: key.version, state: key.state, isLegacy: key.isLegacy,
                    created: key.created, age: Self.age(of: key, at: now),
                    fingerprint: key.fingerprint, sealed: uses.sealed, opened: uses.opened,
                    spent: spent(by: key))
            })
    }

    /// Of the current key a count that was lost is taken for the highest there is. The others may
    /// never have had one.
    private func spent(by key: KeyRing.Key) -> Int64 {
        budget.spent(key.fingerprint) ?? (key.state == .current ? KeyBudget.Limits().most : 0)
    }

    /// A ring may say any time, and the clock may begin in 1970.
    private static func age(of key: KeyRing.Key, at now: Int64) -> Int64 {
        let (age, isTooLong) = now.subtractingReportingOverflow(key.created)
        if isTooLong { return key.created < 0 ? .max : 0 }
        return max(0, age)
    }

    /// Hands back what was set aside and not used; to be called when nothing is sealed any more.
    func finish() {
        sealer = nil
        budget.giveBack()
    }

    private func result(
        of operation: Operation, _ item: CipherItem
    ) -> Result<JSONText, CipherFault> {
        do throws(CipherFault) { return .success(try perform(operation, item)) } catch {
            return .failure(error)
        }
    }

    private func perform(
        _ operation: Operation, _ item: CipherItem
    ) throws(CipherFault) -> JSONText {
        guard let result = try sealer?.perform(operation, item) else { throw Self.notReady }
        return result
    }

    private static let notReady = CipherFault(.notReady, "the self-test has not passed yet")

    private static func working(
        _ make: () throws(OpenSSLFault) -> Sealer
    ) throws(StartFailure) -> Sealer {
        do throws(OpenSSLFault) { return try make() } catch {
            throw StartFailure("cannot set up AES-256-GCM: \(error.call) failed")
        }
    }
}
