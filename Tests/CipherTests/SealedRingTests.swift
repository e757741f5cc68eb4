import CipherAPI
import Cryptography
import Encoding
import EventLoop
import Foundation
import HTTP
import InMemoryLogging
import Logging
import Program
import RateLimit
import TestSupport
import Testing

@testable import Cipher

/// A passphrase of the tests.
func passphrase(_ text: String = "correct horse battery staple") -> Secret {
    var bytes = Array(text.utf8)
    return Secret(taking: &bytes)
}

/// Deriving a key takes a while, so the tests share one seal.
private let seal = try? SealedRing.seal(passphrase: passphrase())

struct SealedRingTests {
    private func ring() throws -> KeyRing {
        try #require(
            KeyRing([ringKey(1, .retired), ringKey(2, .decryptOnly), ringKey(3, .current)]))
    }

    @Test func `a sealed ring opens with its passphrase alone`() throws {
        let seal = try #require(seal)
        let bytes = try SealedRing.encode(try ring(), by: seal)
        let sealed = try SealedRing(bytes.span)
        #expect(try sealed.unlock(passphrase("another passphrase")) == nil)
        let opened = try #require(try sealed.unlock(passphrase()))
        let plain = try #require(try sealed.open(by: opened))
        #expect(plain == KeyRingFormat.encode(try ring()))
    }

    @Test func `a sealed file shows format, salt and parameters, and nothing of the ring`() throws {
        let seal = try #require(seal)
        let bytes = try SealedRing.encode(try ring(), by: seal)
        let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let names = ["format", "kdf", "n", "r", "p", "salt", "key", "ring", "sha256"]
        #expect(Set(json?.keys ?? [:].keys) == Set(names))
        #expect(json?["n"] as? Int == 1 << 15)
        #expect(json?["r"] as? Int == 8)
        #expect(json?["p"] as? Int == 3)
        let text = String(decoding: bytes, as: UTF8.self)
        for key in try ring().keys {
            #expect(!text.contains(key.fingerprint.string))
            #expect(!text.contains(String(repeating: "0\(key.version)", count: 8)))
        }
        #expect(try SealedRing.encode(try ring(), by: seal) != bytes, "a nonce is used twice")
    }

    @Test func `damage at any byte of a sealed ring is told from a wrong passphrase`() throws {
        let seal = try #require(seal)
        let bytes = try SealedRing.encode(try ring(), by: seal)
        for offset in bytes.indices {
            var damaged = bytes
            damaged[offset] ^= 1
            #expect(isDamaged(damaged), "byte \(offset)")
            #expect(isDamaged(Array(bytes[..<offset])), "cut at \(offset)")
        }
    }

    private func isDamaged(_ bytes: [UInt8]) -> Bool {
        do throws(KeyRingFormat.Damage) {
            _ = try SealedRing(bytes.span)
            return false
        } catch {
            return true
        }
    }

    @Test func `a sealed file is read and changed with its seal alone`() throws {
        try TemporaryFolder.with { folder in
            let file = KeyRingFile(path: "\(folder)/keys.json")
            let ring = try ring()
            _ = try file.change { _ throws(StartFailure) in ring }
            try file.rewrite(sealedBy: seal)
            #expect(throws: StartFailure.self) { try file.read() }
            #expect(throws: StartFailure.self) {
                try file.change { _ throws(StartFailure) in ring }
            }
            let open = file.sealed(by: seal)
            #expect(try open.read().keys.map(\.version) == [1, 2, 3])
            #expect(try RingChange.rotate.apply(to: open, hint: "x") == "version 4 is current; x")
            #expect(throws: StartFailure.self, "the change left the ring plain") { try file.read() }
            try open.rewrite(sealedBy: nil)
            #expect(try file.read().current.version == 4)
        }
    }

    /// The steps of a write are tested with the real commands, in test_sealed_ring.py.
    @Test func `a part of a new file beside a ring is not read, and can be removed`() throws {
        let seal = try #require(seal)
        let ring = try ring()
        let plain = KeyRingFormat.encode(ring)
        let sealed = try SealedRing.encode(ring, by: seal)
        for (before, after) in [(plain, sealed), (sealed, plain), (sealed, sealed)] {
            try TemporaryFolder.with { folder in
                let file = KeyRingFile(path: "\(folder)/keys.json", seal: seal)
                try TestFile.write(before, to: file.path)
                try TestFile.write(Array(after[..<(after.count / 2)]), to: file.path + ".new")
                #expect(try file.read().current.version == 3)
                #expect(try RingChange.rotate.apply(to: file, hint: "").hasPrefix("version 4"))
                try TestFile.write([1], to: file.path + ".new")
                file.removeLeftover()
                #expect(!FileManager.default.fileExists(atPath: file.path + ".new"))
                #expect(try file.read().current.version == 4)
            }
        }
    }

    @Test func `wrong passphrases wait longer each time, and a right one ends that`() {
        var attempts = PassphraseAttempts()
        let (first, second) = (attempts.begin(), attempts.begin())
        #expect(first && !second)
        attempts.end()
        var pauses: [Duration] = []
        let now = MonotonicTime.current()
        for _ in 0..<9 { pauses.append(attempts.failed(at: now)) }
        #expect(pauses == [0.25, 0.5, 1, 2, 4, 8, 16, 32, 60].map { .seconds($0) })
        attempts.succeeded()
        let pause = attempts.failed(at: now)
        #expect(pause == PassphraseAttempts.firstPause)
    }

    @Test func `a passphrase that comes during a pause hears how long it lasts`() async throws {
        var attempts = PassphraseAttempts()
        let now = MonotonicTime.current()
        for _ in 0..<6 { _ = attempts.failed(at: now) }
        #expect(attempts.secondsLeft(at: now) == 8)
        #expect(attempts.secondsLeft(at: now + .milliseconds(6100)) == 2)
        #expect(attempts.secondsLeft(at: now + .seconds(9)) == 1)
        attempts.end()
        #expect(attempts.secondsLeft(at: now) == nil)
        try withService { service in
            let vault = service.vault
            try await vault.sealFile(passphrase())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: vault.loop) {
                    _ = try? await vault.unseal(passphrase("a wrong passphrase"))
                }
                try await vault.loop.eventually {
                    await vault.attempts.secondsLeft(at: .current()) != nil
                }
                let fault = await #expect(throws: StartFailure.self) {
                    try await vault.unseal(passphrase())
                }
                #expect(fault?.description.hasSuffix("the next is taken in 1 s") == true)
            }
        }
    }

    @Test func `a key that grew old while the ring was sealed is told of when it opens`() throws {
        let log = InMemoryLogHandler()
        try withService(log: log) { service in
            let logger = Logger.test(log)
            try await service.vault.sealFile(passphrase())
            for (days, count) in [(Int64(364), 0), (366, 1)] {
                try await service.vault.sealAgain()
                let now = WallClock.seconds + days * 86_400
                let line = try await VaultControl.unseal(
                    service.vault, passphrase(), now: now, logger)
                #expect(line.contains("version 1 is current"))
                let told = log.entries.count { "\($0.message)".contains("a year old") }
                #expect(told == count)
            }
        }
    }

    @Test func `a vault is sealed, unsealed with the same keys, and sealed again`() throws {
        try withService { service in
            let vault = service.vault
            let content = try await service.result("/encrypt", text: "halo", context: "a")
            await #expect(throws: StartFailure.self) { try await vault.sealAgain() }
            try await vault.sealFile(passphrase())
            #expect(try await vault.keeping() == .unsealed)
            let opened = try await service.result("/decrypt", text: content, context: "a")
            #expect(opened == "halo")
            try await vault.sealAgain()
            for path in ["/readyz", "/keys"] {
                let answer = try await service.send(.get, path)
                #expect(answer.status.code == 503)
                #expect(answer.code == "sealed")
            }
            let refused = try await service.send(.post, "/decrypt", #"{"text":"x"}"#)
            #expect(refused.status.code == 503)
            #expect(refused.code == "sealed")
            #expect(try await vault.reload() == nil)
            #expect(try await vault.unseal(passphrase()) == 1)
            let again = try await service.result("/decrypt", text: content, context: "a")
            #expect(again == "halo")
            #expect(try await vault.change(.rotate).contains("version 2 is current"))
            #expect(try await service.result("/encrypt", text: "x", context: "").hasPrefix("v2:"))
        }
    }

    @Test func `another ring in the place of a sealed one is refused`() throws {
        try withService { service in
            let vault = service.vault
            try await vault.sealFile(passphrase())
            try await vault.sealAgain()
            let other = try #require(KeyRing([ringKey(1, .current)]))
            let file = KeyRingFile(path: service.ringPath)
            let seal = try #require(seal)
            let bytes = try SealedRing.encode(other, by: seal)
            try TestFile.write(bytes, to: file.path)
            await #expect(throws: StartFailure.self) { try await vault.unseal(passphrase()) }
            #expect(await vault.isSealed)
        }
    }
}
