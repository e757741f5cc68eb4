import Encoding

/// The body of `POST /encrypt`, `/decrypt` and `/rewrap`: one item, or `{"batch": [item, …]}`.
package enum CipherRequest: Sendable, Equatable {
    case single(CipherItem)
    /// In order. A malformed item is a fault and does not affect the others.
    case batch([Result<CipherItem, CipherFault>])

    /// Reads a body. Throws for bytes that are not JSON.
    package init(_ body: [UInt8]) throws(CipherFault) {
        if let items = Self.batch(canonical: body) {
            self = .batch(items)
            return
        }
        let value: JSONValue
        do {
            value = try JSONValue.parse(body.span)
        } catch {
            throw .malformed("the body is not valid JSON: \(error)")
        }
        guard let batch = value.object?["batch"] else {
            self = .single(try CipherItem(value))
            return
        }
        guard value.object?.members.count == 1 else {
            throw .malformed("batch must stand alone")
        }
        guard let values = batch.array else { throw .malformed("batch must be an array") }
        guard values.count <= CipherLimits.batchItemsMax else {
            throw CipherFault(
                .tooLarge, "a batch holds at most \(CipherLimits.batchItemsMax) items")
        }
        self = .batch(values.map(Self.item))
    }

    /// The length of a short item with a context of three UUIDs.
    private static let itemBytes = 160

    /// Reads a batch in the exact form of `encode`, without a general parse. Returns nil for any
    /// other form.
    private static func batch(
        canonical body: [UInt8]
    ) -> [Result<CipherItem, CipherFault>]? {
        var scanner = JSONScanner()
        guard scanner.skip("{\"batch\":[", in: body.span),
            (try? UTF8Span(validating: body.span)) != nil
        else { return nil }
        var items: [Result<CipherItem, CipherFault>] = []
        // A growing array would be copied, and wiped, at each step.
        items.reserveCapacity(min(CipherLimits.batchItemsMax, body.count / itemBytes))
        repeat {
            guard items.count < CipherLimits.batchItemsMax,
                let item = CipherItem(canonical: &scanner, in: body)
            else { return nil }
            items.append(.success(item))
        } while scanner.skip(",", in: body.span)
        guard scanner.skip("]}", in: body.span), scanner.offset == body.count else { return nil }
        return items
    }

    private static func item(_ value: JSONValue) -> Result<CipherItem, CipherFault> {
        Result { () throws(CipherFault) in try CipherItem(value) }
    }

    /// Returns `{"batch": […]}` over bytes of `EncodedItems`.
    package static func encode(batch parts: [ArraySlice<UInt8>]) -> [UInt8] {
        var writer = JSONWriter(capacity: parts.reduce(12) { $0 + $1.count + 1 })
        beginBatch(in: &writer)
        for part in parts where !part.isEmpty { writer.raw(part) }
        endBatch(in: &writer)
        return writer.bytes
    }

    static func beginBatch(in writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("batch")
        writer.beginArray()
    }

    static func endBatch(in writer: inout JSONWriter) {
        writer.endArray()
        writer.endObject()
    }
}

/// The limits of Cipher's API. Cipher refuses by them, and ChatCore stays below them.
package enum CipherLimits {
    /// The body of a request.
    package static let bodyBytesMax = 4 << 20
    /// Items in one batch.
    package static let batchItemsMax = 1_000
    /// The UTF-8 of a text to encrypt. A text to decrypt is bounded by the body alone.
    package static let textBytesMax = 1 << 20
    /// The plaintext of one chunk.
    package static let chunkBytesMax = 64 << 10
    /// The UTF-8 of a key context: two user ids and a message id with their lengths.
    package static let keyContextBytesMax = 4 << 10
    /// Seals under one key (NIST SP 800-38D §8.3).
    package static let sealsMax: Int64 = 1 << 32
    /// Versions of the key: one to nine digits.
    package static let keyVersions = 1...999_999_999
    /// ChatCore refuses longer fingerprints. Cipher's have 32 bytes.
    package static let fingerprintBytesMax = 128
    /// The body of a success: the longest plaintext with every byte as a six-byte escape, and the
    /// punctuation of the largest batch.
    package static let answerBytesMax = 6 * bodyBytesMax
}
