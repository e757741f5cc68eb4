import Cryptography
import EventLoop
import Program

/// The operations of the control socket: unsealing, sealing, and changes of the ring.
extension KeyVault {
    /// The way in which a running Cipher keeps its ring. The commands ask for it.
    enum Keeping: String, CaseIterable {
        /// The ring's file is not sealed.
        case plain
        /// The file is sealed, and the keys are in memory.
        case unsealed
        /// The keys are not in memory, or the file was sealed anew since.
        case sealed
    }

    func keeping() throws(StartFailure) -> Keeping {
        if isSealed { return .sealed }
        guard case .sealed = try file.form() else { return .plain }
        do throws(StartFailure) { _ = try openFile.read() } catch { return .sealed }
        return .unsealed
    }

    /// Takes the ring into memory. Returns its current version.
    func unseal(_ passphrase: Secret) async throws -> Int {
        let seal = try await unlock(passphrase)
        let version = try adopt(try file.sealed(by: seal).read())
        self.seal = seal
        return version
    }

    /// Drops the keys at once. The ring's file has to be sealed, or they could not be read again.
    func sealAgain() throws(StartFailure) {
        guard case .sealed = try file.form() else {
            throw StartFailure(
                "key ring \(file.path) is not sealed: run Cipher keys seal first")
        }
        drop()
    }

    /// Changes the ring in memory and in its file. Returns a sentence about the outcome.
    func change(_ change: RingChange) throws(StartFailure) -> String {
        guard isReady else { throw Self.isSealedFailure }
        let line = try change.apply(
            to: openFile, hint: "Cipher has taken it up", sealsMax: budget.limits.most)
        _ = try reload()
        return line
    }

    /// Returns the ring for a list of its keys, without their bytes.
    func ringForList() throws(StartFailure) -> KeyRing {
        guard isReady else { throw Self.isSealedFailure }
        return try openFile.read().droppingMaterial()
    }

    /// Seals the ring's file. The keys stay in memory.
    func sealFile(_ passphrase: Secret) async throws {
        guard isReady else { throw Self.isSealedFailure }
        try checkPlain()
        let seal = try await Self.onThread { try SealedRing.seal(passphrase: passphrase) }
        try checkPlain()
        try file.rewrite(sealedBy: seal)
        self.seal = seal
    }

    private func checkPlain() throws(StartFailure) {
        guard case .plain = try file.form() else {
            throw file.sealedAlready
        }
    }

    /// Seals the file under another passphrase and a fresh ring key.
    func changePassphrase(_ old: Secret, to new: Secret) async throws {
        let seal = try await unlock(old)
        let next = try await Self.onThread { try SealedRing.seal(passphrase: new) }
        try file.sealed(by: seal).rewrite(sealedBy: next)
        if isReady { self.seal = next }
    }

    /// Writes the file as a plain ring, and takes the ring into memory.
    func unsealFile(_ passphrase: Secret) async throws {
        let seal = try await unlock(passphrase)
        try file.sealed(by: seal).rewrite(sealedBy: nil)
        self.seal = nil
        _ = try reload()
    }

    /// Returns the seal that the passphrase opens. A wrong one is answered later each time.
    private func unlock(_ passphrase: Secret) async throws -> RingSeal {
        guard case .sealed(let sealed) = try file.form() else {
            throw StartFailure("key ring \(file.path) is not sealed; nothing changed")
        }
        guard attempts.begin() else {
            guard let seconds = attempts.secondsLeft(at: loop.now) else {
                throw StartFailure("another passphrase is being tried: try again after its answer")
            }
            throw StartFailure(
                "a wrong passphrase was given: the next is taken in \(seconds) s")
        }
        defer { attempts.end() }
        guard let seal = try await Self.onThread({ try sealed.unlock(passphrase) }) else {
            try await loop.sleep(for: attempts.failed(at: .current()))
            throw Self.wrongPassphrase
        }
        attempts.succeeded()
        return seal
    }

    /// Runs work of some tenths of a second on a thread of its own. No request waits for it.
    private static func onThread<Value: Sendable>(
        _ work: @Sendable () throws -> Value
    ) async throws -> Value {
        let pool = WorkerPool(threads: 1, waitingMax: 0)
        defer { pool.stop() }
        return try await pool.run(work)
    }

    static let wrongPassphrase = StartFailure("the passphrase is wrong; nothing changed")
    private static let isSealedFailure = StartFailure(
        "Cipher is sealed: run Cipher unseal first")
}
