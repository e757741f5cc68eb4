/// The key versions that the store has met, and how others compare.
struct KnownKeys {
    private let fingerprints: [Int: String]

    init(_ fingerprints: [Int: String]) {
        self.fingerprints = fingerprints
    }

    func contains(_ key: VaultKey) -> Bool {
        fingerprints[key.version] == key.fingerprint
    }

    /// Which versions are missing from `keys` or are other keys there, in words; nil where none.
    func difference(from keys: [VaultKey]) -> String? {
        var problems: [String] = []
        for (version, fingerprint) in fingerprints.sorted(by: { $0.key < $1.key }) {
            let held = keys.filter { $0.version == version }
            if held.isEmpty {
                problems.append("key version \(version) is missing")
            } else if !held.allSatisfy({ $0.fingerprint == fingerprint }) {
                problems.append(Self.isDifferent(version))
            }
        }
        if problems.isEmpty { return nil }
        return "the vault does not hold the keys of the stored messages: "
            + problems.joined(separator: ", ") + "; give it back its key ring"
    }

    static func isDifferent(_ version: Int) -> String {
        "key version \(version) is another key"
    }

    /// The same for the same keys, also after a restart; other keys have another one but for one
    /// chance in 2⁶⁴. Nobody gains by a collision, so FNV-1a does.
    var digest: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for (version, fingerprint) in fingerprints.sorted(by: { $0.key < $1.key }) {
            for byte in "\(version):\(fingerprint);".utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            }
        }
        return String(hash, radix: 16)
    }
}
