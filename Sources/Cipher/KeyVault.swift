import CipherAPI
import Cryptography
import Encoding
import EventLoop
import Logging
import Program
import RateLimit

/// Owns the keys while the process serves. Runs on the loop's thread.
actor KeyVault {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    nonisolated let file: KeyRingFile
    let budget: KeyBudget
    /// Nil for a vault that no other process shares.
    nonisolated let slot: RingSlot?
    /// The ring's file as it was when it was read last.
    var seenStamp: FileStamp?
    private var sealer: Sealer?
    /// Whether the keys are not in memory, since their file is sealed.
    private(set) var isSealed = false
    /// Opens the ring's file where it is sealed and the keys are in memory.
    var seal: RingSeal?
    /// The ring that was dropped last, without its keys: the next one has to be the same grown.
    private var droppedRing: KeyRing?
    var attempts = PassphraseAttempts()
    private var use: UnusualUse
    nonisolated let counts = VaultCounts()

    init(
        file: KeyRingFile, budget: KeyBudget, slot: RingSlot? = nil,
        unusual: UnusualUse.Limits = UnusualUse.Limits(), loop: EventLoop
    ) {
        self.file = file
        self.slot = slot
        self.budget = budget
        self.loop = loop
        use = UnusualUse(limits: unusual, log: budget.log)
    }

    /// Whether the self-test has passed and a key ring is loaded.
    var isReady: Bool { sealer != nil }

    /// The ring's file as this process can open it.
    var openFile: KeyRingFile { file.sealed(by: seal) }

    /// Tests the cipher, then reads the ring, or makes one where there is none. A sealed ring stays
    /// sealed.
    func start(_ selfTest: SelfTest = .standard, now: Int64) throws(StartFailure) -> Start {
        try selfTest.run()
        seenStamp = FileStamp(file.path)
        if case .sealed = try file.form() {
            file.removeLeftover()
            isSealed = true
            return Start(currentVersion: nil, isNew: false, upgradeFailure: nil)
        }
        let (stored, isNew) = try file.readOrCreate { () throws(StartFailure) in
            do throws(OpenSSLFault) { return try KeyRing.fresh(now: now) } catch {
                throw StartFailure("cannot make a key", error)
            }
        }
        let upgradeFailure = stored.isFormat1 ? upgrade() : nil
        try load(stored.ring) { ring throws(OpenSSLFault) in try Sealer(ring, budget: budget) }
        return Start(
            currentVersion: stored.ring.current.version, isNew: isNew,
            upgradeFailure: upgradeFailure)
    }

    private func upgrade() -> StartFailure? {
        do throws(StartFailure) {
            try file.upgrade()
            return nil
        } catch {
            return error
        }
    }

    /// Reads the ring again and returns its current version, or nil while it is sealed. After a
    /// throw the ring before stays in use.
    func reload() throws(StartFailure) -> Int? {
        seenStamp = FileStamp(file.path)
        if isSealed, case .sealed = try file.form() { return nil }
        return try adopt(try openFile.read())
    }

    /// Puts a ring to use that is the one before, grown. Returns its current version.
    func adopt(_ ring: KeyRing) throws(StartFailure) -> Int {
        guard isReady || isSealed else { return ring.current.version }
        let missing = (sealer?.ring ?? droppedRing)?.versionsMissing(from: ring) ?? []
        guard missing.isEmpty else {
            throw StartFailure(
                "\(file.path) is not the same ring grown: it lacks version "
                    + missing.map { "\($0)" }.joined(separator: ", ")
                    + " or has another key there; "
                    + "put the ring back, or restart Cipher if the other one is meant")
        }
        try load(ring) { ring throws(OpenSSLFault) in
            if let sealer { return try sealer.reloaded(ring) }
            return try Sealer(ring, budget: budget)
        }
        isSealed = false
        return ring.current.version
    }

    /// Drops the keys until the ring is unsealed again.
    func drop() {
        droppedRing = sealer?.ring.droppingMaterial() ?? droppedRing
        (sealer, seal) = (nil, nil)
        isSealed = true
        budget.releaseUnused()
    }

    private func load(
        _ ring: KeyRing, _ makeSealer: (KeyRing) throws(OpenSSLFault) -> Sealer
    ) throws(StartFailure) {
        try budget.reload(current: ring.current.fingerprint)
        do throws(OpenSSLFault) { sealer = try makeSealer(ring) } catch {
            throw StartFailure("cannot set up AES-256-GCM", error)
        }
    }

    /// Throws unless the vault can seal and open.
    func check() throws(CipherFault) {
        guard isReady else { throw unavailable }
    }

    /// Answers a request; a batch keeps its order, and each item succeeds or fails by itself.
    func answer(
        _ operation: CipherOperation, _ request: CipherRequest
    ) throws(CipherFault) -> CipherResponse {
        try check()
        switch request {
        case .single(let item):
            var tally = Tally()
            let result = result(of: operation, item, &tally)
            note(tally, of: operation)
            return .single(try result.get())
        case .batch(let items):
            var results: [Result<JSONText, CipherFault>] = []
            results.reserveCapacity(items.count)
            var tally = Tally()
            for item in items {
                switch item {
                case .success(let item): results.append(result(of: operation, item, &tally))
                case .failure(let fault): results.append(.failure(fault))
                }
            }
            note(tally, of: operation)
            return .batch(results)
        }
    }

    /// Answers a request for one chunk.
    func answer(
        _ operation: CipherOperation, _ request: ChunkRequest
    ) throws(CipherFault) -> [UInt8] {
        var tally = Tally()
        defer { note(tally, of: operation) }
        do throws(CipherFault) {
            let bytes = try withNewestRing { sealer throws(CipherFault) in
                try sealer?.perform(operation, request)
            }
            tally.succeeded = 1
            return bytes
        } catch {
            if error.code == .notAuthentic { tally.refused = 1 }
            throw error
        }
    }

    /// The items of a request that succeeded, and the contents that are not authentic.
    private struct Tally {
        var succeeded = 0
        var refused = 0
    }

    private func note(_ tally: Tally, of operation: CipherOperation) {
        counts.add(operation, done: tally.succeeded, notAuthentic: tally.refused)
        if operation == .encrypt { return }
        // A rewrap shows no text, so it is no way to copy a store.
        let opened = operation == .decrypt ? tally.succeeded : 0
        use.count(opened: opened, refused: tally.refused, at: .current())
    }

    func keys(now: Int64) throws(CipherFault) -> KeysResponse {
        follow()
        guard let sealer else { throw unavailable }
        return KeysResponse(
            keys: sealer.ring.keys.map { key in
                let uses = sealer.uses(of: key.version)
                return KeysResponse.Key(
                    version: key.version, state: key.state, isLegacy: key.isLegacy,
                    created: key.created, age: Self.age(of: key, at: now),
                    fingerprint: key.fingerprint, sealed: uses.sealed, opened: uses.opened,
                    spent: sealCount(of: key))
            }, sealsMax: budget.limits.most, programVersion: ByteText(programVersion))
    }

    /// Notes what ChatCore counted. It decides whether a version may be forgotten.
    func note(_ needs: KeyNeeds) throws(CipherFault) {
        guard let sealer else { throw unavailable }
        do throws(StartFailure) {
            try KeyNeedFile(besideRing: file.path).write(needs, of: sealer.ring)
        } catch {
            budget.log.log(.error, "what ChatCore counted is lost", metadata: ["fault": "\(error)"])
            throw CipherFault(.internal, "the counts cannot be written")
        }
    }

    /// Returns the age of the current key in seconds, or nil while the ring is sealed.
    func currentKeyAge(now: Int64) -> Int64? {
        sealer.map { Self.age(of: $0.ring.current, at: now) }
    }

    /// Returns nil while the ring is sealed.
    func currentKeyUse(now: Int64) -> KeyUse? {
        guard let current = sealer?.ring.current else { return nil }
        return KeyUse(
            version: current.version, age: Self.age(of: current, at: now),
            seals: sealCount(of: current), sealsMax: budget.limits.most)
    }

    /// A key that may seal no more reports the highest count, also where `--seals-max` is less.
    /// A current key whose count was lost reports the highest count. Older keys may never have
    /// had a count.
    private func sealCount(of key: KeyRing.Key) -> Int64 {
        guard let count = budget.sealCount(of: key.fingerprint) else {
            return key.state == .current ? CipherLimits.sealsMax : 0
        }
        return count >= budget.limits.most ? CipherLimits.sealsMax : count
    }

    /// The subtraction can overflow: a ring may name any time, and the clock may begin in 1970.
    private static func age(of key: KeyRing.Key, at now: Int64) -> Int64 {
        let (age, isTooLong) = now.subtractingReportingOverflow(key.created)
        if isTooLong { return key.created < 0 ? .max : 0 }
        return max(0, age)
    }

    /// Drops the keys and returns their unused reservations. Call it once no request is served.
    func stop() {
        (sealer, seal) = (nil, nil)
        budget.releaseUnused()
    }

    private func result(
        of operation: CipherOperation, _ item: CipherItem, _ tally: inout Tally
    ) -> Result<JSONText, CipherFault> {
        do throws(CipherFault) {
            let result = try perform(operation, item)
            tally.succeeded += 1
            return .success(result)
        } catch {
            if error.code == .notAuthentic { tally.refused += 1 }
            return .failure(error)
        }
    }

    private func perform(
        _ operation: CipherOperation, _ item: CipherItem
    ) throws(CipherFault) -> JSONText {
        try withNewestRing { sealer throws(CipherFault) in
            try sealer?.perform(operation, item)
        }
    }

    /// Performs once more if a version was missing that another Cipher of the ring has added.
    private func withNewestRing<Result>(
        _ perform: (inout Sealer?) throws(CipherFault) -> Result?
    ) throws(CipherFault) -> Result {
        do throws(CipherFault) {
            guard let result = try perform(&sealer) else { throw unavailable }
            return result
        } catch {
            guard sealer?.lacksVersion == true, follow() else { throw error }
            guard let result = try perform(&sealer) else { throw unavailable }
            return result
        }
    }

    /// Why nothing is answered while there are no keys.
    var unavailable: CipherFault {
        isSealed
            ? CipherFault(.sealed, "the key ring is sealed: its operator has to unseal it")
            : CipherFault(.notReady, "the self-test has not passed yet")
    }
}
