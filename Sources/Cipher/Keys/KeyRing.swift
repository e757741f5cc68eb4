import CipherAPI
import Cryptography
import Encoding
import Program

/// All versions of the key, in rising order. Exactly one is current, at most one is legacy.
struct KeyRing: Sendable {
    struct Key: Sendable {
        let version: Int
        var state: KeyState
        /// Whether the key opens bare contents and never seals, since it was published.
        let isLegacy: Bool
        /// Seconds since 1970.
        let created: Int64
        /// Identifies the key without revealing it: half an HMAC of a fixed text.
        let fingerprint: ByteText
        /// Nil for a retired key of a running process, which opens nothing.
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

    /// The reason for which a ring refuses a change.
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

    /// Far more than a life of rotations, and few enough to read the file at once.
    static let versionsMax = 1_000

    private(set) var keys: [Key]
    /// The version of the next key. Missing versions below it were forgotten.
    private(set) var nextVersion: Int

    /// A ring read from a file. Nil unless the versions rise, one is current and at most one is
    /// legacy.
    ///
    /// - Parameter nextVersion: A number above all versions; by default the first such number.
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

    /// Returns a ring with one fresh key, for a first start.
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

    /// Returns a new ring whose first key was made elsewhere.
    static func importing(_ bytes: inout [UInt8], now: Int64) throws(Refusal) -> KeyRing {
        try checkLength(bytes)
        return KeyRing(current: &bytes, now: now)
    }

    /// The versions that a content can name: one to nine digits.
    static let versions = CipherLimits.keyVersions

    var current: Key {
        guard let key = keys.first(where: { $0.state == .current }) else {
            preconditionFailure("a ring has a current key")
        }
        return key
    }

    var legacy: Key? { keys.first(where: \.isLegacy) }

    func key(version: Int) -> Key? { keys.first { $0.version == version } }

    /// Returns whether the ring once held that version and dropped its key for good.
    func isForgotten(_ version: Int) -> Bool {
        (1..<nextVersion).contains(version) && key(version: version) == nil
    }

    /// Adds a key as the current version; the one before still decrypts. Takes the bytes over.
    /// Returns the version.
    mutating func add(_ bytes: inout [UInt8], now: Int64) throws(Refusal) -> Int {
        try checkNew(bytes)
        for index in keys.indices where keys[index].state == .current {
            keys[index].state = .decryptOnly
        }
        return append(&bytes, .current, isLegacy: false, now: now)
    }

    /// Adds a key that only opens bare contents. Takes the bytes over. Returns the version.
    mutating func addLegacy(_ bytes: inout [UInt8], now: Int64) throws(Refusal) -> Int {
        try checkNew(bytes)
        if let legacy { throw .secondLegacy(version: legacy.version) }
        return append(&bytes, .decryptOnly, isLegacy: true, now: now)
    }

    /// Retires a version: it opens nothing, and its key stays in the file. Returns false where it
    /// was retired before.
    mutating func retire(_ version: Int) throws(Refusal) -> Bool {
        let index = try index(of: version)
        if keys[index].state == .current { throw .current(version: version) }
        defer { keys[index].state = .retired }
        return keys[index].state != .retired
    }

    /// Lets a retired version open its contents again.
    mutating func restore(_ version: Int) throws(Refusal) {
        let index = try index(of: version)
        guard keys[index].state == .retired else {
            throw .notRetired(version: version, keys[index].state)
        }
        keys[index].state = .decryptOnly
    }

    /// Throws unless the version is retired, and so may be forgotten.
    func checkForgettable(_ version: Int) throws(Refusal) {
        switch keys[try index(of: version)].state {
        case .current: throw .current(version: version)
        case .decryptOnly: throw .stillOpens(version: version)
        case .retired: return
        }
    }

    /// Drops a retired version and its key, for good. No later key gets its number.
    mutating func forget(_ version: Int) throws(Refusal) {
        try checkForgettable(version)
        keys.removeAll { $0.version == version }
    }

    /// Returns the ring without the bytes of retired keys.
    func droppingRetiredMaterial() -> KeyRing {
        var ring = self
        for index in ring.keys.indices where ring.keys[index].state == .retired {
            ring.keys[index].material = nil
        }
        return ring
    }

    /// Returns the ring without the bytes of any key.
    func droppingMaterial() -> KeyRing {
        var ring = self
        for index in ring.keys.indices { ring.keys[index].material = nil }
        return ring
    }

    /// Returns the versions of this ring that `other` lacks or holds with another key. A version
    /// that `other` forgot is not missing, unless it is current here.
    func versionsMissing(from other: KeyRing) -> [Int] {
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
