internal import Encoding

/// The key versions that the store has met, with their fingerprints.
struct KnownKeys {
    private let fingerprints: [Int: ByteText]

    init(_ fingerprints: [Int: ByteText]) {
        self.fingerprints = fingerprints
    }

    func contains(_ key: VaultKey) -> Bool {
        fingerprints[key.version] == key.fingerprint
    }

    /// Returns the versions that `keys` lacks or holds as other keys, in words for the operator;
    /// nil if there are none.
    func difference(from keys: [VaultKey]) -> String? {
        var problems: [String] = []
        var lost: [Int] = []
        for (version, fingerprint) in fingerprints.sorted(by: { $0.key < $1.key }) {
            let held = keys.filter { $0.version == version }
            if !held.contains(where: { $0.fingerprint == fingerprint }) { lost.append(version) }
            if held.isEmpty {
                problems.append("key version \(version) is missing")
            } else if !held.allSatisfy({ $0.fingerprint == fingerprint }) {
                problems.append(Self.isDifferent(version))
            }
        }
        if problems.isEmpty { return nil }
        return "the vault does not hold the keys of the stored messages: "
            + problems.joined(separator: ", ") + "; give it back its key ring, or, where that is "
            + "lost for good, run "
            + lost.map { "ChatCore store forget-key \($0)" }.joined(separator: ", ")
    }

    static func isDifferent(_ version: Int) -> String {
        "key version \(version) is another key (its fingerprint differs)"
    }
}
