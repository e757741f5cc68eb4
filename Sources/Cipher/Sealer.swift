import CipherAPI
import Cryptography
import Encoding
import Program

/// Seals under the current version of a key ring, opens under the version that a content names,
/// and counts both.
///
/// It is not Sendable, since its OpenSSL contexts serve one message at a time. `KeyVault` owns it.
struct Sealer {
    struct Uses: Equatable {
        var sealed: Int64 = 0
        var opened: Int64 = 0
    }

    let ring: KeyRing
    let budget: KeyBudget
    private var ciphers: [Int: AES256GCM] = [:]
    private let legacyVersion: Int?
    private var uses: [Int: Uses] = [:]
    /// Whether a content named a version that the ring does not know.
    private(set) var lacksVersion = false

    init(_ ring: KeyRing, budget: KeyBudget) throws(OpenSSLFault) {
        self.ring = ring.droppingRetiredMaterial()
        self.budget = budget
        legacyVersion = ring.legacy?.version
        for key in self.ring.keys {
            guard let material = key.material else { continue }
            ciphers[key.version] = try AES256GCM(key: material)
        }
    }

    /// Returns a sealer of a ring that was read again, with the same counts.
    func reloaded(_ ring: KeyRing) throws(OpenSSLFault) -> Sealer {
        var next = try Sealer(ring, budget: budget)
        next.uses = uses
        return next
    }

    func uses(of version: Int) -> Uses { uses[version] ?? Uses() }

    mutating func perform(
        _ operation: CipherOperation, _ item: CipherItem
    ) throws(CipherFault) -> JSONText {
        if item.newKeyContext != nil, operation != .rewrap {
            throw CipherFault(.malformed, "newKeyContext is for a rewrap alone")
        }
        return switch operation {
        case .encrypt: try encrypt(item)
        case .decrypt: try decrypt(item)
        case .rewrap: try rewrap(item)
        }
    }

    /// Performs an operation on a chunk of bytes. Returns the other form of the chunk.
    mutating func perform(
        _ operation: CipherOperation, _ request: ChunkRequest
    ) throws(CipherFault) -> [UInt8] {
        let body = request.body.span
        let context = body.extracting(request.context)
        switch operation {
        case .encrypt:
            guard request.chunk.count <= CipherLimits.chunkBytesMax else {
                throw CipherFault(
                    .tooLarge, "a chunk holds at most \(CipherLimits.chunkBytesMax) bytes")
            }
            return try seal(chunk: body.extracting(request.chunk), context)
        case .decrypt: return try open(chunk: body.extracting(request.chunk), context)
        case .rewrap:
            var plaintext = try open(chunk: body.extracting(request.chunk), context)
            defer { wipe(&plaintext) }
            return try seal(chunk: plaintext.span, context)
        }
    }

    private mutating func seal(
        chunk: Span<UInt8>, _ context: Span<UInt8>
    ) throws(CipherFault) -> [UInt8] {
        let sealed = try sealBytes(chunk, context)
        return SealedChunk.encode(version: sealed.version, sealed.bytes)
    }

    private mutating func open(
        chunk: Span<UInt8>, _ context: Span<UInt8>
    ) throws(CipherFault) -> [UInt8] {
        // The legacy key opens bare contents alone, so no chunk.
        guard let version = SealedChunk.version(of: chunk), version != legacyVersion
        else { throw Self.notAuthentic }
        return try open(
            chunk.extracting(SealedChunk.versionBytes..<chunk.count), of: version, context)
    }

    private mutating func encrypt(_ item: CipherItem) throws(CipherFault) -> JSONText {
        let plaintext = item.text.utf8
        guard plaintext.count <= CipherLimits.textBytesMax else {
            throw CipherFault(
                .malformed, "text is longer than \(CipherLimits.textBytesMax) bytes")
        }
        return try seal(plaintext.span, item.keyContext)
    }

    private mutating func decrypt(_ item: CipherItem) throws(CipherFault) -> JSONText {
        var plaintext = try open(item)
        if let text = JSONText(utf8: plaintext) { return text }
        wipe(&plaintext)
        throw CipherFault(.notText, "the content is authentic, but not UTF-8 text")
    }

    /// Seals the plaintext of any bytes under the current version. It binds the new content to
    /// `newKeyContext`, or else to `keyContext`, even if the old one was bound to nothing.
    private mutating func rewrap(_ item: CipherItem) throws(CipherFault) -> JSONText {
        var plaintext = try open(item)
        defer { wipe(&plaintext) }
        return try seal(plaintext.span, item.newKeyContext ?? item.keyContext)
    }

    private mutating func seal(
        _ plaintext: Span<UInt8>, _ keyContext: JSONText
    ) throws(CipherFault) -> JSONText {
        let context = keyContext.utf8
        let (version, bytes) = try sealBytes(plaintext, context.span)
        return JSONText(ByteText(SealedContent(version: version, bytes: bytes).text))
    }

    /// Seals under the current version, and counts the seal.
    private mutating func sealBytes(
        _ plaintext: Span<UInt8>, _ context: Span<UInt8>
    ) throws(CipherFault) -> (version: Int, bytes: [UInt8]) {
        let version = ring.current.version
        guard let cipher = ciphers[version] else {
            preconditionFailure("the current version has a cipher")
        }
        try budget.countSeal(ring.current.fingerprint)
        let sealed: [UInt8]
        do {
            sealed = try cipher.seal(plaintext, context: context)
        } catch {
            throw CipherFault(.internal, "\(error.call) failed")
        }
        uses[version, default: Uses()].sealed += 1
        return (version, sealed)
    }

    private static func retired(_ version: Int) -> CipherFault {
        CipherFault(.keyRetired, "key version \(version), which the content names, is retired")
    }

    /// All causes of "not authentic" give one error, so that no caller learns which it was.
    private static let notAuthentic = CipherFault(
        .notAuthentic, "the content is not authentic under this key and context")

    private mutating func open(_ item: CipherItem) throws(CipherFault) -> [UInt8] {
        let text = item.text.utf8
        guard let content = SealedContent(text.span) else { throw Self.notAuthentic }
        let isBare = content.version == nil
        let context = isBare ? [] : item.keyContext.utf8
        // The legacy key is publicly known, and Cipher never sealed with it. So a content with its
        // version is forged: it opens bare contents alone.
        guard let version = content.version ?? legacyVersion,
            (version == legacyVersion) == isBare
        else { throw Self.notAuthentic }
        return try open(content.bytes.span, of: version, context.span)
    }

    private mutating func open(
        _ content: Span<UInt8>, of version: Int, _ context: Span<UInt8>
    ) throws(CipherFault) -> [UInt8] {
        guard let cipher = ciphers[version] else {
            let isKnown = ring.key(version: version) != nil || ring.isForgotten(version)
            lacksVersion = !isKnown
            throw isKnown ? Self.retired(version) : Self.notAuthentic
        }
        guard let plaintext = cipher.open(content, context: context)
        else { throw Self.notAuthentic }
        uses[version, default: Uses()].opened += 1
        return plaintext
    }
}
