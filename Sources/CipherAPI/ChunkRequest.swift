/// The body of `POST /encrypt/chunk`, `/decrypt/chunk` and `/rewrap/chunk`: one piece of a file, as
/// bytes and without an encoding around them.
///
/// It is the length of the context in four bytes, big-endian, then the context, then the chunk. The
/// chunk is a plaintext for `encrypt`, else a sealed chunk. The answer is the other one:
///
/// ```
/// sealed chunk = key version (4 bytes, big-endian) ‖ nonce ‖ ciphertext ‖ tag
/// ```
package struct ChunkRequest: Sendable, Equatable {
    /// The bytes of the version, the nonce and the tag, by which a sealed chunk is longer.
    package static let sealBytes = 4 + 12 + 16
    private static let lengthBytes = 4

    package let body: [UInt8]
    /// The bytes of the context and of the chunk in the body.
    package let context: Range<Int>
    package let chunk: Range<Int>

    /// Reads a body. Throws unless it has a context and a chunk within their limits.
    package init(_ body: [UInt8]) throws(CipherFault) {
        guard let length = body.span.bigEndian(at: 0) else {
            throw .malformed("a chunk begins with the length of its context in four bytes")
        }
        guard length <= CipherLimits.keyContextBytesMax else {
            throw .malformed(
                "the context is longer than \(CipherLimits.keyContextBytesMax) bytes")
        }
        guard Self.lengthBytes + length <= body.count else {
            throw .malformed("the context is shorter than its length says")
        }
        self.body = body
        context = Self.lengthBytes..<(Self.lengthBytes + length)
        chunk = context.upperBound..<body.count
        guard chunk.count <= CipherLimits.chunkBytesMax + Self.sealBytes else {
            throw CipherFault(
                .tooLarge, "a chunk holds at most \(CipherLimits.chunkBytesMax) bytes")
        }
    }

    /// Returns the body of a request.
    package static func encode(_ chunk: Span<UInt8>, context: Span<UInt8>) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(lengthBytes + context.count + chunk.count)
        body.append(bigEndian: context.count)
        context.withUnsafeBufferPointer { body.append(contentsOf: $0) }
        chunk.withUnsafeBufferPointer { body.append(contentsOf: $0) }
        return body
    }
}

/// A sealed chunk: the version of its key, and nonce ‖ ciphertext ‖ tag.
package enum SealedChunk {
    /// The length of the version.
    package static let versionBytes = 4

    /// Returns the version of the key that sealed a chunk, or nil if no key has that number.
    package static func version(of chunk: Span<UInt8>) -> Int? {
        guard let version = chunk.bigEndian(at: 0), CipherLimits.keyVersions.contains(version)
        else { return nil }
        return version
    }

    /// Returns a sealed chunk of nonce ‖ ciphertext ‖ tag.
    package static func encode(version: Int, _ content: [UInt8]) -> [UInt8] {
        var chunk: [UInt8] = []
        chunk.reserveCapacity(versionBytes + content.count)
        chunk.append(bigEndian: version)
        chunk.append(contentsOf: content)
        return chunk
    }
}

extension Span<UInt8> {
    /// Returns the number in four bytes from this place on, or nil if there are fewer.
    fileprivate func bigEndian(at start: Int) -> Int? {
        guard count >= start + 4 else { return nil }
        return (start..<(start + 4)).reduce(0) { $0 << 8 | Int(self[$1]) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: Int) {
        for shift in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
