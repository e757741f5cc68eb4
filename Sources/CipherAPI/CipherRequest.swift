import Encoding

/// The body of `POST /encrypt`, `/decrypt` and `/rewrap`: one item, or `{"batch": [item, …]}`.
package enum CipherRequest: Sendable, Equatable {
    case single(CipherItem)
    /// In order; an item that is malformed stands as its fault and leaves the others alone.
    case batch([Result<CipherItem, CipherFault>])

    /// Reads a body. Bytes that are not JSON spoil the whole request.
    package init(_ body: Span<UInt8>) throws(CipherFault) {
        let value: JSONValue
        do {
            value = try JSONValue.parse(body)
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

    private static func item(_ value: JSONValue) -> Result<CipherItem, CipherFault> {
        Result { () throws(CipherFault) in try CipherItem(value) }
    }

    package static func encode(_ item: CipherItem) -> [UInt8] {
        var writer = JSONWriter(capacity: item.text.utf8.count + 64)
        item.write(to: &writer)
        return writer.bytes
    }

    package static func encode(batch items: [CipherItem]) -> [UInt8] {
        var writer = JSONWriter(capacity: items.reduce(64) { $0 + $1.text.utf8.count + 192 })
        writer.beginObject()
        writer.name("batch")
        writer.beginArray()
        for item in items { item.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
