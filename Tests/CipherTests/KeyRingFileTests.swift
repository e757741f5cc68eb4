import CipherAPI
import Cryptography
import Encoding
import EventLoop
import Foundation
import Logging
import Program
import RateLimit
import TestSupport
import Testing

@testable import Cipher

struct KeyRingFileTests {
    private let folder = TemporaryFolder()

    @Test func `a first start makes a ring that only its owner reads`() throws {
        try TemporaryFolder.with { folder in
            let file = KeyRingFile(path: "\(folder)/a/b/keys.json")
            let first = try file.readOrCreate(fresh)
            #expect(first.isNew)
            #expect(try TestFile.mode(of: file.path) == 0o600)
            #expect(try TestFile.mode(of: "\(folder)/a/b") == 0o700)
            #expect(try TestFile.mode(of: "\(folder)/a") == 0o700)
            let second = try file.readOrCreate(unwanted)
            #expect(!second.isNew)
            #expect(second.stored.ring.current.fingerprint == first.stored.ring.current.fingerprint)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o644, 0o620, 0o601])
    func `a ring that others can reach is refused and left alone`(mode: Int) throws {
        try withRing { file in
            let bytes = try TestFile.contents(of: file.path)
            try TestFile.write(bytes, to: file.path, mode: mode)
            let failure = #expect(throws: StartFailure.self) {
                try file.readOrCreate(fresh)
            }
            #expect(failure?.description.contains("chmod 600") == true)
            #expect(try TestFile.contents(of: file.path) == bytes)
        }
    }

    @Test func `a written ring reads back as the same ring`() throws {
        let ring = try #require(
            KeyRing([
                ringKey(1, .retired), ringKey(3, .decryptOnly, legacy: true), ringKey(9, .current),
            ]))
        let read = try KeyRingFormat.decode(KeyRingFormat.encode(ring).span).ring
        #expect(read.keys.map(\.version) == [1, 3, 9])
        #expect(read.keys.map(\.state) == [.retired, .decryptOnly, .current])
        #expect(read.keys.map(\.isLegacy) == [false, true, false])
        #expect(read.keys.map(\.created) == ring.keys.map(\.created))
        #expect(read.keys.map(\.fingerprint) == ring.keys.map(\.fingerprint))
    }

    @Test func `the file is JSON with a line for each key`() throws {
        let ring = try #require(KeyRing([ringKey(1, .decryptOnly), ringKey(2, .current)]))
        let bytes = KeyRingFormat.encode(ring)
        let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        #expect((json?["keys"] as? [Any])?.count == 2)
        #expect(bytes.count { $0 == UInt8(ascii: "\n") } == 4)
    }

    @Test func `a ring of format 1 gets its count and is written as format 2`() throws {
        try TemporaryFolder.with { folder in
            let ring = try #require(KeyRing([ringKey(1, .decryptOnly), ringKey(2, .current)]))
            let file = KeyRingFile(path: "\(folder)/keys.json")
            try writeFormat1(of: ring, to: file)
            #expect(try file.readStored().isFormat1)
            #expect(try file.read().keys.map(\.fingerprint) == ring.keys.map(\.fingerprint))
            try file.upgrade()
            #expect(try TestFile.contents(of: file.path) == KeyRingFormat.encode(ring))
            #expect(try !file.readStored().isFormat1)
            let counts = KeyCountFile(besideRing: file.path)
            #expect(try counts.read() == [ring.current.fingerprint: 0])
            try TestFile.write(Array("{}".utf8), to: counts.path)
            try file.upgrade()
            #expect(try counts.read().isEmpty)
        }
    }

    @Test func `a ring of format 1 that cannot be rewritten works, and the start says so`() throws {
        try TemporaryFolder.with { folder in
            let ring = try #require(KeyRing([ringKey(1, .current)]))
            let file = KeyRingFile(path: "\(folder)/keys.json")
            try writeFormat1(of: ring, to: file)
            let counts = KeyCountFile(besideRing: file.path)
            try TestFile.write(
                Array("{\"\(ring.current.fingerprint)\":5}".utf8), to: counts.path)
            // A folder in the place of the temporary file fails for root too.
            try FileManager.default.createDirectory(
                atPath: file.path + PrivateFile.temporarySuffix, withIntermediateDirectories: false)
            let loop = try EventLoop()
            let log = RateLimitedLog(.silent)
            let budget = try KeyBudget(besideRing: file.path, log: log)
            let vault = KeyVault(file: file, budget: budget, loop: loop)
            try loop.run {
                let start = try await vault.start(now: 1)
                #expect(start.currentVersion == 1)
                #expect(!start.isNew)
                #expect(start.upgradeFailure?.description.contains("cannot write key ring") == true)
                #expect(await vault.isReady)
            }
        }
    }

    @Test func `damage at any byte is noticed`() throws {
        let ring = try #require(KeyRing([ringKey(1, .decryptOnly), ringKey(2, .current)]))
        let bytes = KeyRingFormat.encode(ring)
        for offset in bytes.indices {
            for bit in [UInt8(1), 0x20, 0x80] {
                var damaged = bytes
                damaged[offset] ^= bit
                #expect(throws: KeyRingFormat.Damage.self, "byte \(offset), bit \(bit)") {
                    try KeyRingFormat.decode(damaged.span)
                }
            }
            #expect(throws: KeyRingFormat.Damage.self, "cut at \(offset)") {
                try KeyRingFormat.decode(Array(bytes[..<offset]).span)
            }
        }
    }

    @Test(arguments: ["", "{}", "garbage", "{\"format\":1,\"keys\":[\n\n],\"sha256\":\"\"}\n"])
    func `a damaged ring stops the start and stays as it is`(text: String) throws {
        try withRing { file in
            try TestFile.write(Array(text.utf8), to: file.path)
            let failure = #expect(throws: StartFailure.self) {
                try file.readOrCreate(unwanted)
            }
            #expect(failure?.description.contains("\(file.path) is damaged at byte") == true)
            #expect(throws: StartFailure.self) {
                try file.change { _ throws(StartFailure) in try unwanted() }
            }
            #expect(try TestFile.contents(of: file.path) == Array(text.utf8))
        }
    }

    @Test func `a folder in its place, and a missing ring, are refused`() throws {
        try TemporaryFolder.with { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder)/keys.json", withIntermediateDirectories: false)
            #expect(throws: StartFailure("key ring \(folder)/keys.json is not a regular file")) {
                try KeyRingFile(path: "\(folder)/keys.json").readOrCreate(fresh)
            }
            #expect(
                throws: StartFailure(
                    "there is no key ring at \(folder)/none.json: "
                        + "put its backup back; where there never was one, "
                        + "start Cipher once, or import a key"
                )
            ) {
                try KeyRingFile(path: "\(folder)/none.json").read()
            }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/none.json"))
        }
    }

    @Test func `a leftover of a killed change is in nobody's way`() throws {
        try withRing { file in
            try TestFile.write(Array("half a ri".utf8), to: "\(file.path).new", mode: 0o644)
            _ = try file.change(same)
            #expect(!FileManager.default.fileExists(atPath: "\(file.path).new"))
            #expect(try TestFile.mode(of: file.path) == 0o600)
            _ = try file.read()
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func `a changed ring keeps its owner`() throws {
        try withRing { file in
            try #require(chown(file.path, 65532, 65532) == 0)
            _ = try file.change(same)
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            #expect(attributes[.ownerAccountID] as? Int == 65532)
        }
    }

    @Test func `changes made at once all count`() async throws {
        let file = KeyRingFile(path: "\(folder.path)/keys.json")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for byte in 1...16 {
                group.addTask {
                    var bytes = [UInt8](repeating: UInt8(byte), count: 32)
                    _ = try KeyImport(isLegacy: false).run(&bytes, into: file)
                }
            }
            try await group.waitForAll()
        }
        #expect(try file.read().keys.map(\.version) == Array(1...16))
    }

    @Test func `neither a ring nor its parts show a key`() throws {
        var material = Array("0123456789abcdef0123456789ABCDEF".utf8)
        let ring = try KeyRing.importing(&material, now: 0)
        #expect(material.isEmpty)
        let sealer = try Sealer(ring, budget: budget(folder.path))
        var text = "\(ring) \(ring.current) \(sealer) \(String(reflecting: ring))"
        dump(ring, to: &text)
        dump(sealer, to: &text)
        for form in ["0123456789abcdef", "30313233", "48, 49, 50", "- 48\n"] {
            #expect(!text.contains(form), "\(form)")
        }
        #expect(text.contains("<secret>"))
    }

    private func writeFormat1(of ring: KeyRing, to file: KeyRingFile) throws {
        let format2 = String(decoding: KeyRingFormat.encode(ring), as: UTF8.self)
        let text = format2.replacingOccurrences(
            of: "{\"format\":2,\"next\":\(ring.nextVersion),", with: "{\"format\":1,")
        let end = try #require(text.range(of: "],\"sha")).lowerBound
        let body = Array(text.prefix(upTo: end).utf8)
        let checksum = Hex.encode(SHA256.digest(of: body.span))
        try TestFile.write(body + Array("],\"sha256\":\"\(checksum)\"}\n".utf8), to: file.path)
    }

    private func fresh() throws(StartFailure) -> KeyRing {
        do { return try KeyRing.fresh(now: 1) } catch { throw StartFailure("\(error)") }
    }

    private func unwanted() throws(StartFailure) -> KeyRing {
        Issue.record("a ring is made where none is wanted")
        return try fresh()
    }

    private func same(_ ring: KeyRing?) throws(StartFailure) -> KeyRing {
        guard let ring else { throw StartFailure("the ring is gone") }
        return ring
    }

    private func withRing(_ body: (KeyRingFile) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let file = KeyRingFile(path: "\(folder)/keys.json")
            _ = try file.readOrCreate(fresh)
            try body(file)
        }
    }
}
