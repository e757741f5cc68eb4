import CipherAPI
import Cryptography
import Program
import TestSupport
import Testing

@testable import Cipher

struct KeyImportTests {
    @Test func `an imported key is current, and the one before still opens`() throws {
        try TemporaryFolder.with { folder in
            let file = KeyRingFile(path: "\(folder)/keys.json")
            try add(1, to: file)
            #expect(try states(file) == ["1 current"])
            try add(2, to: file)
            #expect(try states(file) == ["1 decrypt-only", "2 current"])
        }
    }

    @Test func `a legacy key stands beside a current one, made if there is none`() throws {
        try TemporaryFolder.with { folder in
            let file = KeyRingFile(path: "\(folder)/keys.json")
            try add(7, legacy: true, to: file)
            #expect(try states(file) == ["1 current", "2 decrypt-only legacy"])
            let current = try #require(try file.read().current.material)
            let isImported = current.equals([UInt8](repeating: 7, count: 32).span)
            #expect(!isImported)
            try add(8, to: file)
            #expect(try states(file) == ["1 decrypt-only", "2 decrypt-only legacy", "3 current"])
        }
    }

    @Test func `the same key again changes nothing`() throws {
        try TemporaryFolder.with { folder in
            let file = KeyRingFile(path: "\(folder)/keys.json")
            try add(1, to: file)
            try add(7, legacy: true, to: file)
            let before = try TestFile.contents(of: file.path)
            try add(1, to: file)
            try add(7, legacy: true, to: file)
            #expect(try TestFile.contents(of: file.path) == before)
        }
    }

    @Test func `a key never changes its part`() throws {
        try TemporaryFolder.with { folder in
            let file = KeyRingFile(path: "\(folder)/keys.json")
            try add(1, to: file)
            try add(2, to: file)
            try add(7, legacy: true, to: file)
            let before = try TestFile.contents(of: file.path)
            // A public key must never seal, a sealing one never become public, an old one never
            // return.
            for (byte, legacy) in [(7, false), (2, true), (1, false), (8, true)] {
                #expect(throws: StartFailure.self, "\(byte) \(legacy)") {
                    try add(UInt8(byte), legacy: legacy, to: file)
                }
            }
            #expect(try TestFile.contents(of: file.path) == before)
        }
    }

    @Test func `a legacy key that was retired is not said to be at work`() throws {
        try TemporaryFolder.with { folder in
            let file = KeyRingFile(path: "\(folder)/keys.json")
            try add(7, legacy: true, to: file)
            _ = try file.change { ring throws(StartFailure) in
                guard var ring, (try? ring.retire(2)) == true else {
                    throw StartFailure("the legacy key is not version 2")
                }
                return ring
            }
            let failure = #expect(throws: StartFailure.self) { try add(7, legacy: true, to: file) }
            #expect(failure?.description.contains("Cipher keys restore 2") == true)
        }
    }

    @Test(arguments: [0, 1, 16, 31, 33], [false, true])
    func `a key of another length is refused, and no ring made`(count: Int, legacy: Bool) throws {
        try TemporaryFolder.with { folder in
            let file = KeyRingFile(path: "\(folder)/keys.json")
            var bytes = [UInt8](repeating: 1, count: count)
            let failure = #expect(throws: StartFailure.self) {
                try KeyImport(isLegacy: legacy).run(&bytes, into: file)
            }
            #expect(failure?.description.contains("exactly 32 raw bytes") == true)
            #expect(throws: StartFailure.self) { try file.read() }
        }
    }

    private func add(_ byte: UInt8, legacy: Bool = false, to file: KeyRingFile) throws {
        var bytes = [UInt8](repeating: byte, count: 32)
        _ = try KeyImport(isLegacy: legacy).run(&bytes, into: file)
        #expect(bytes.isEmpty)
    }

    private func states(_ file: KeyRingFile) throws -> [String] {
        try file.read().keys.map {
            "\($0.version) \($0.state.rawValue)\($0.isLegacy ? " legacy" : "")"
        }
    }
}
