package import Encoding

/// The answer to `GET /keys`: `{"keys": [{"version", "state", "legacy", "created", "age",
/// "fingerprint", "sealed", "opened", "spent"}, …], "sealsMax", "program"}`, by rising version. No
/// key material.
package struct KeysResponse: Sendable, Equatable {
    package struct Key: Sendable, Equatable {
        package let version: Int
        package let state: KeyState
        /// Whether it opens bare contents.
        package let isLegacy: Bool
        /// Seconds since 1970.
        package let created: Int64
        /// Seconds since `created`, never negative.
        package let age: Int64
        /// 32 hexadecimal digits that identify the key without revealing it.
        package let fingerprint: ByteText
        /// Seals since this process started.
        package let sealed: Int64
        /// Openings since this process started.
        package let opened: Int64
        /// Seals since the key was made, of all processes; after a crash too high, never too low.
        /// At 2³² the key seals no more (NIST SP 800-38D §8.3).
        package let spent: Int64

        package init(
            version: Int, state: KeyState, isLegacy: Bool, created: Int64, age: Int64,
            fingerprint: ByteText, sealed: Int64, opened: Int64, spent: Int64
        ) {
            self.version = version
            self.state = state
            self.isLegacy = isLegacy
            self.created = created
            self.age = age
            self.fingerprint = fingerprint
            self.sealed = sealed
            self.opened = opened
            self.spent = spent
        }
    }

    package let keys: [Key]
    /// The number of seals that this Cipher allows a key; nil if it does not tell.
    package let sealsMax: Int64?
    /// The version of Cipher; nil if it does not tell.
    package let programVersion: ByteText?

    package init(keys: [Key], sealsMax: Int64? = nil, programVersion: ByteText? = nil) {
        self.keys = keys
        self.sealsMax = sealsMax
        self.programVersion = programVersion
    }

    /// Whether the current key may seal no more. Cipher reports the highest count for a lost one.
    package var isCurrentKeyExhausted: Bool {
        keys.contains { $0.state == .current && $0.spent >= CipherLimits.sealsMax }
    }

    /// Reads the answer. Returns nil for any other bytes.
    package init?(_ body: Span<UInt8>) {
        guard let answer = (try? JSONValue.parse(body))?.object,
            let values = answer["keys"]?.array
        else { return nil }
        var keys: [Key] = []
        for value in values {
            guard let object = value.object, let key = Key(object) else { return nil }
            keys.append(key)
        }
        self.init(
            keys: keys, sealsMax: answer["sealsMax"]?.integer,
            programVersion: answer["program"]?.text)
    }

    package var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("keys")
        writer.beginArray()
        for key in keys { key.write(to: &writer) }
        writer.endArray()
        if let sealsMax { writer.field("sealsMax", sealsMax) }
        if let programVersion { writer.field("program", programVersion) }
        writer.endObject()
        return writer.bytes
    }
}

extension KeysResponse.Key {
    init?(_ object: JSONObject) {
        guard let version = object["version"]?.integer.flatMap(Int.init(exactly:)),
            let state = object["state"]?.text.flatMap(KeyState.init(named:)),
            let isLegacy = object["legacy"]?.bool,
            let created = object["created"]?.integer,
            let age = object["age"]?.integer,
            let fingerprint = object["fingerprint"]?.text,
            let sealed = object["sealed"]?.integer,
            let opened = object["opened"]?.integer, let spent = object["spent"]?.integer
        else { return nil }
        self.init(
            version: version, state: state, isLegacy: isLegacy, created: created, age: age,
            fingerprint: fingerprint, sealed: sealed, opened: opened, spent: spent)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("version", version)
        writer.field("state", state.rawValue)
        writer.field("legacy", isLegacy)
        writer.field("created", created)
        writer.field("age", age)
        writer.field("fingerprint", fingerprint)
        writer.field("sealed", sealed)
        writer.field("opened", opened)
        writer.field("spent", spent)
        writer.endObject()
    }
}

/// The operations that a version of the key still performs.
package enum KeyState: String, Sendable, CaseIterable {
    /// Seals and opens; exactly one version is current.
    case current
    /// Opens its contents, and seals no more.
    case decryptOnly = "decrypt-only"
    /// Neither seals nor opens.
    case retired
}
