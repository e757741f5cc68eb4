import CipherAPI
import Cryptography
import Encoding
import EventLoop
import Glibc
import Logging
import Program
import TestSupport
import Testing

@testable import Cipher

/// Extremes in every integer of the key ring and of the count of uses, under right checksums.
struct ExtremeIntegersTests {
    private static let extremes = [
        "0", "-0", "-1", "1", "2", "999999999", "1000000000", "4294967296", "9007199254740993",
        "67768036191676799", "9223372036854775806", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "1e400", "0.5",
    ]

    /// The text of a ring of two keys, signed anew.
    private static func ring(
        versions: (String, String), created: String
    ) throws -> [UInt8] {
        let ring = try #require(KeyRing([ringKey(1, .decryptOnly), ringKey(2, .current)]))
        var text = String(decoding: KeyRingFormat.encode(ring), as: UTF8.self)
            .replacing("\"version\":1,", with: "\"version\":\(versions.0),")
            .replacing("\"version\":2,", with: "\"version\":\(versions.1),")
            .replacing("\"created\":1750000000,", with: "\"created\":\(created),")
        let end = try #require(text.firstRange(of: "],\"sha256\"")).lowerBound
        text = String(text[..<end])
        let digest = Hex.encode(SHA256.digest(of: Array(text.utf8).span))
        return Array((text + "],\"sha256\":\"\(digest)\"}\n").utf8)
    }

    @Test(arguments: extremes)
    func `a ring made at any time is served and listed`(created: String) throws {
        try TemporaryFolder.with { folder in
            let path = "\(folder)/keys.json"
            try TestFile.write(try Self.ring(versions: ("1", "2"), created: created), to: path)
            let file = KeyRingFile(path: path)
            guard let seconds = Int64(created) else {
                #expect(throws: StartFailure.self) { try file.read() }
                return
            }
            for key in try file.read().keys { _ = WallClock.text(seconds: key.created) }
            let loop = try EventLoop()
            let uses = try budget(folder)
            try loop.run {
                let vault = KeyVault(file: file, budget: uses, loop: loop)
                _ = try await vault.start(now: 5)
                for now in [Int64.min, -1, 0, 1_800_000_000, .max] {
                    let ages = try await vault.keys(now: now).keys.map(\.age)
                    #expect(ages.allSatisfy { $0 >= 0 && ($0 == 0 || seconds < now) })
                }
            }
        }
    }

    @Test(arguments: extremes)
    func `a content can name the version, or the ring is damaged`(version: String) throws {
        for versions in [(version, "2"), ("1", version)] {
            try TemporaryFolder.with { folder in
                let path = "\(folder)/keys.json"
                try TestFile.write(
                    try Self.ring(versions: versions, created: "1750000000"), to: path)
                let file = KeyRingFile(path: path)
                guard var ring = try? file.read() else { return }
                #expect(ring.keys.allSatisfy { CipherLimits.keyVersions.contains($0.version) })
                // No key can follow the largest version.
                var bytes = [UInt8](repeating: 9, count: AES256GCM.keyBytes)
                let added = try? ring.add(&bytes, now: .max)
                #expect((added == nil) == (versions.1 == "999999999"))
            }
        }
    }

    @Test(arguments: extremes)
    func `a count of any size is spent, or the file is damaged`(count: String) throws {
        try TemporaryFolder.with { folder in
            try TestFile.write(
                Array("{\"one\":\(count),\"two\":3}\n".utf8),
                to:
                    "\(folder)/keys.json.spent")
            guard let spent = Int64(count), spent >= 0 else {
                #expect(throws: StartFailure.self) { try budget(folder) }
                return
            }
            let limits = KeyBudget.SealLimits()
            let uses = try budget(folder, limits: limits)
            #expect(uses.sealCount(of: "one") == spent)
            let isLeft = (try? uses.countSeal("one")) != nil
            #expect(isLeft == (spent < limits.most))
            #expect(try #require(uses.sealCount(of: "one")) >= spent)
            uses.releaseUnused()
            #expect(try KeyCountFile(besideRing: "\(folder)/keys.json").read()["two"] == 3)
        }
    }

    @Test func `a lower count that was put there meanwhile never becomes negative`() throws {
        try TemporaryFolder.with { folder in
            let uses = try budget(folder)
            for _ in 0..<5 { try uses.countSeal("one") }
            try TestFile.write(Array("{\"one\":0}\n".utf8), to: "\(folder)/keys.json.spent")
            uses.releaseUnused()
            #expect(try KeyCountFile(besideRing: "\(folder)/keys.json").read() == ["one": 5])
        }
    }
}
