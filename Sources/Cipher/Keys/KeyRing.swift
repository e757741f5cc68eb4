import CipherAPI
import Cryptography
import Encoding
import Program

/// Every version of the key, by rising version. Exactly one is current, at most one is legacy.
struct KeyRing: Sendable {
    struct Key: Sendable {
        let version: Int
        var state: KeyState
        /// Opens bare contents, and never seals: that key stood in a public place.
        let isLegacy: Bool
        /// Seconds since 1970.
        let created: Int64
        /// Tells one key from another and nothing about it: half an HMAC of a fixed text.
        let fingerprint: ByteText
        /// Nil once it is forgotten: a key that opens nothing need not lie in memory.
        fileprivate(set) var material: Secret?

        init(version: Int, state: KeyState, isLegacy: Bool, created: Int64, material: Secret) {
            self.version = version
            self.state = state
            self.isLegacy = isLegacy
            self.created = created
            self.material = material
            let code = HMACSHA256.code(
                of: Array("Cipher key fingerprint".utf8).span, key: material)
            fingerprint = ByteText(Hex.encode(code.prefix(16)))
        }
    }

    /// Why a change to a ring is refused.
    enum Refusal: Error, Equatable {
        case notThirtyTwoBytes(Int)
        case present(version: Int, KeyState)
        case secondLegacy(version: Int)
        case full
        case absent(version: Int)
        case current(version: Int)
        case notRetired(version: Int, KeyState)
        case forgotten(version: Int)
        case stillOpens(version: Int)
    }

    /// Far more than a life of rotations; keeps the file readable at once.
    static let versionsMax = 1_000

    private(set) var keys: [Key]
    /// The version that the next key gets. Versions below it that are not there were forgotten.
    private(set) var nextVersion: Int

    /// A ring that was read; nil unless the versions rise, one is current and at most one legacy.
    ///
    /// - Parameter nextVersion: Above all versions there are; by default the first such number.
    init?(_ keys: [Key], nextVersion: Int? = nil) {
        let versions = keys.map(\.version)
        let last = versions.last ?? 0
        guard !keys.isEmpty, (nextVersion ?? .max) > last,
            (nextVersion ?? 1) <= Self.versions.upperBound + 1, keys.count <= Self.versionsMax,
            versions.allSatisfy({ Self.versions.contains($0) }),
            zip(versions, versions.dropFirst()).allSatisfy(<),
            keys.count(where: { $0.state == .current }) == 1,
            keys.count(where: \.isLegacy) <= 1,
            !keys.contains(where: { $0.isLegacy && $0.state == .current })
        else { return nil }
        self.keys = keys
        self.nextVersion = nextVersion ?? last + 1
    }

    /// A ring for a first start, with one fresh key.
    static func fresh(now: Int64) throws(OpenSSLFault) -> KeyRing {
        var bytes = try RandomBytes.make(AES256GCM.keyBytes)
        return KeyRing(current: &bytes, now: now)
    }

    private init(current bytes: inout [UInt8], now: Int64) {
        keys = [
            Key(
                version: 1, state: .current, isLegacy: false, created: now,
                material: Secret(taking: &bytes))
        ]
        nextVersion = 2
    }

    /// A ring that begins with a key brought along.
    static func importing(_ bytes: inout [UInt8], now: Int64) throws(Refusal) -> KeyRing {
        try checkLength(bytes)
        return KeyRing(current: &bytes, now: now)
    }

    /// Versions that a content may name: one to nine digits.
    static let versions = CipherLimits.keyVersions

    var current: Key {
        guard let key = keys.first(where: { $0.state == .current }) else {
            preconditionFailure("a ring has a current key")
        }
        return key
    }

    var legacy: Key? { keys.first(where: \.isLegacy) }

    func key(version: Int) -> Key? { keys.first { $0.version == version } }

    /// Whether the ring once held that version and dropped its key for good.
    func isForgotten(_ version: Int) -> Bool {
        (1..<nextVersion).contains(version) && key(version: version) == nil
    }

    /// Adds a key as the current version; the one before still decrypts. Takes the bytes over.
    mutating func add(_ bytes: inout [UInt8], now: Int64) throws(Refusal) -> Int {
        try checkNew(bytes)
        for index in keys.indices where keys[index].state == .current {
            keys[index].state = .decryptOnly
        }
        return append(&bytes, .current, isLegacy: false, now: now)
    }

    /// Adds a key that only opens bare contents. Takes the bytes over.
    mutating func addLegacy(_ bytes: inout [UInt8], now: Int64) throws(Refusal) -> Int {
        try checkNew(bytes)
        if let legacy { throw .secondLegacy(version: legacy.version) }
        return append(&bytes, .decryptOnly, isLegacy: true, now: now)
    }

    /// From now on the version opens nothing; its key stays in the file. False where it was so.
    mutating func retire(_ version: Int) throws(Refusal) -> Bool {
        let index = try index(of: version)
        if keys[index].state == .current { throw .current(version: version) }
        defer { keys[index].state = .retired }
        return keys[index].state != .retired
    }

    /// The version opens again what it sealed.
    mutating func restore(_ version: Int) throws(Refusal) {
        let index = try index(of: version)
        guard keys[index].state == .retired else {
            throw .notRetired(version: version, keys[index].state)
        }
        keys[index].state = .decryptOnly
    }

    /// Throws unless the version may be forgotten: it has to be retired.
    func checkForgettable(_ version: Int) throws(Refusal) {
        switch keys[try index(of: version)].state {
        case .current: throw .current(version: version)
        case .decryptOnly: throw .stillOpens(version: version)
        case .retired: return
        }
    }

    /// Drops a retired version and its key, for good. Its number is not given again.
    mutating func forget(_ version: Int) throws(Refusal) {
        try checkForgettable(version)
        keys.removeAll { $0.version == version }
    }

    /// The ring without the bytes of retired keys.
    func forgettingRetired() -> KeyRing {
        var ring = self
        for index in ring.keys.indices where ring.keys[index].state == .retired {
            ring.keys[index].material = nil
        }
        return ring
    }

    /// Versions of this ring that `other` lacks, or has with another key. A version that `other`
    /// forgot counts as none, as long as the key that is current here stands there.
    func versions(notIn other: KeyRing) -> [Int] {
        keys.filter { key in
            if key.state != .current, other.isForgotten(key.version) { return false }
            return other.key(version: key.version)?.fingerprint != key.fingerprint
        }.map(\.version)
    }

    private mutating func append(
        _ bytes: inout [UInt8], _ state: KeyState, isLegacy: Bool, now: Int64
    ) -> Int {
        let version = nextVersion
        nextVersion += 1
        keys.append(
            Key(
                version: version, state: state, isLegacy: isLegacy, created: now,
                material: Secret(taking: &bytes)))
        return version
    }

    private func index(of version: Int) throws(Refusal) -> Int {
        if let index = keys.firstIndex(where: { $0.version == version }) { return index }
        throw isForgotten(version) ? .forgotten(version: version) : .absent(version: version)
    }

    private func checkNew(_ bytes: [UInt8]) throws(Refusal) {
        try Self.checkLength(bytes)
        if let same = keys.first(where: { $0.material?.equals(bytes.span) == true }) {
            throw .present(version: same.version, same.state)
        }
        guard keys.count < Self.versionsMax, Self.versions.contains(nextVersion) else {
            throw .full
        }
    }

    static func checkLength(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count == AES256GCM.keyBytes else { throw .notThirtyTwoBytes(bytes.count) }
    }
}
