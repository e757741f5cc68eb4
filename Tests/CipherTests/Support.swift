import CipherAPI
import Encoding
import Foundation
import Logging
import Program
import RateLimit

@testable import Cipher

/// A key of 32 equal bytes.
func key(_ byte: UInt8) -> Secret {
    var bytes = [UInt8](repeating: byte, count: 32)
    return Secret(taking: &bytes)
}

func ringKey(
    _ version: Int, _ state: KeyState, legacy: Bool = false, byte: UInt8? = nil
) -> KeyRing.Key {
    KeyRing.Key(
        version: version, state: state, isLegacy: legacy, created: 1_750_000_000,
        material: key(byte ?? UInt8(version)))
}

func budget(
    _ folder: String, limits: KeyBudget.Limits = KeyBudget.Limits()
) throws -> KeyBudget {
    // The keys of `ringKey` and of the tests have their entries, as a ring's have when it is made.
    let ring = "\(folder)/keys.json"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let fingerprints = (1...9).map { ringKey($0, .current).fingerprint } + ["one", "another"]
    try KeyBudget.enter(fingerprints, besideRing: ring)
    return try KeyBudget(
        besideRing: ring, limits: limits,
        log: RateLimitedLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
}

/// A place for a folder, which is deleted with the suite that holds it: after each test.
final class TestFolder: Sendable {
    let path = NSTemporaryDirectory() + "cipher-tests-\(UUID().uuidString)"

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A folder that is deleted after `body`.
func withFolder<T>(_ body: (String) throws -> T) throws -> T {
    let path = NSTemporaryDirectory() + "cipher-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

func permissions(of path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? Int) ?? -1
}

func contents(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

func replace(_ path: String, with bytes: [UInt8], mode: Int = 0o600) throws {
    try Data(bytes).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
}

extension [UInt8] {
    init(hex: String) {
        let digits = Array<Character>(hex)
        self = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
    }
}
