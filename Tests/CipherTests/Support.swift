import CipherAPI
import Cryptography
import Encoding
import Foundation
import Logging
import Program
import RateLimit
import TestSupport

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
    _ folder: String, limits: KeyBudget.SealLimits = KeyBudget.SealLimits()
) throws -> KeyBudget {
    // The keys of `ringKey` and of the tests have their entries, as a ring's have when it is made.
    let ring = "\(folder)/keys.json"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let fingerprints = (1...9).map { ringKey($0, .current).fingerprint } + ["one", "another"]
    try KeyCountFile(besideRing: ring).addEntries(fingerprints)
    return try KeyBudget(
        besideRing: ring, limits: limits,
        log: RateLimitedLog(.silent))
}
