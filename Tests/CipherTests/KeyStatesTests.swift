import CipherAPI
import Encoding
import TestSupport
import Testing

@testable import Cipher

struct KeyStatesTests {
    private let folder = TemporaryFolder()

    private func ring() throws -> KeyRing {
        try #require(KeyRing([ringKey(1, .decryptOnly), ringKey(2, .current)]))
    }

    private func sealer(_ ring: KeyRing) throws -> Sealer {
        try Sealer(ring, budget: budget(folder.path))
    }

    @Test func `a retired key opens nothing until it is restored`() throws {
        var ring = try ring()
        var old = try sealer(try #require(KeyRing([ringKey(1, .current)])))
        let item = CipherItem(text: "halo", keyContext: "a")
        let content = CipherItem(text: try old.result(.encrypt, item), keyContext: "a")
        #expect(try ring.retire(1))
        #expect(try !ring.retire(1))
        var without = try sealer(ring)
        let error = #expect(throws: CipherFault.self) { try without.perform(.decrypt, content) }
        #expect(error?.code == .keyRetired)
        #expect(error?.sentence.contains("1") == true)
        try ring.restore(1)
        var with = try sealer(ring)
        #expect(try with.perform(.decrypt, content) == "halo")
    }

    @Test func `the bytes of a retired key are forgotten and its fingerprint is not`() throws {
        var ring = try ring()
        let fingerprint = ring.key(version: 1)?.fingerprint
        _ = try ring.retire(1)
        let kept = ring.droppingRetiredMaterial()
        #expect(kept.key(version: 1)?.material == nil)
        #expect(kept.key(version: 1)?.fingerprint == fingerprint)
        #expect(kept.key(version: 2)?.material != nil)
    }

    @Test func `the current key is not retired and what is not there neither`() throws {
        var ring = try ring()
        #expect(throws: KeyRing.Refusal.current(version: 2)) { try ring.retire(2) }
        #expect(throws: KeyRing.Refusal.absent(version: 3)) { try ring.retire(3) }
        #expect(throws: KeyRing.Refusal.absent(version: 3)) { try ring.restore(3) }
        #expect(throws: KeyRing.Refusal.notRetired(version: 2, .current)) { try ring.restore(2) }
    }

    @Test func `a retired version is forgotten and its number is not given again`() throws {
        var old = try sealer(try #require(KeyRing([ringKey(1, .current)])))
        let content = CipherItem(
            text: try old.result(.encrypt, CipherItem(text: "halo", keyContext: "a")),
            keyContext: "a")
        var ring = try ring()
        #expect(throws: KeyRing.Refusal.stillOpens(version: 1)) { try ring.forget(1) }
        #expect(throws: KeyRing.Refusal.current(version: 2)) { try ring.forget(2) }
        _ = try ring.retire(1)
        let before = ring
        try ring.forget(1)
        #expect(throws: KeyRing.Refusal.forgotten(version: 1)) { try ring.forget(1) }
        #expect(throws: KeyRing.Refusal.absent(version: 3)) { try ring.forget(3) }
        #expect(before.versionsMissing(from: ring) == [])
        var sealer = try sealer(ring)
        let error = #expect(throws: CipherFault.self) { try sealer.perform(.decrypt, content) }
        #expect(error?.code == .keyRetired)
        let digits = Hex.encode([UInt8](repeating: 1, count: 32))
        let written = KeyRingFormat.encode(ring)
        #expect(!String(decoding: written, as: UTF8.self).contains(digits))
        #expect(try KeyRingFormat.decode(written.span).ring.isForgotten(1))
    }

    @Test func `the highest version's number is not given again either`() throws {
        var ring = try #require(KeyRing([ringKey(1, .current)]))
        var bytes = [UInt8](repeating: 7, count: 32)
        #expect(try ring.addLegacy(&bytes, now: 0) == 2)
        _ = try ring.retire(2)
        try ring.forget(2)
        ring = try KeyRingFormat.decode(KeyRingFormat.encode(ring).span).ring
        bytes = [UInt8](repeating: 8, count: 32)
        #expect(try ring.add(&bytes, now: 0) == 3)
    }

    @Test func `a ring with a version missing or changed is told from one that has grown`() throws {
        let ring = try ring()
        var grown = ring
        var bytes = [UInt8](repeating: 9, count: 32)
        _ = try grown.add(&bytes, now: 0)
        #expect(ring.versionsMissing(from: grown) == [])
        let changed = try #require(
            KeyRing([ringKey(1, .decryptOnly, byte: 8), ringKey(2, .current)]))
        #expect(ring.versionsMissing(from: changed) == [1])
        #expect(grown.versionsMissing(from: ring) == [3])
    }
}
