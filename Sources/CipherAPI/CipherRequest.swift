import Encoding

/// The body of `POST /encrypt`, `/decrypt` and `/rewrap`: one item, or `{"batch": [item, …]}`.
package enum CipherRequest: Sendable, Equatable {
    case single(CipherItem)
    /// In order; an item that is malformed stands as its fault and leaves the others alone.
    case batch([Result<CipherItem, CipherFault>])

    /// Reads a body. Bytes that are not JSON spoil the whole request.
    package init(_ body: [UInt8]) throws(CipherFault) {
        if let items = Self.batch(asWritten: body) {
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

    /// A batch that is spelt as `encode` spells it; nil for whatever else, which is looked at in
    /// full.
    private static func batch(
        asWritten body: [UInt8]
    ) -> [Result<CipherItem, CipherFault>]? {
        var scanner = JSONScanner()
        guard scanner.skip("{\"batch\":[", in: body.span),
            (try? UTF8Span(validating: body.span)) != nil
        else { return nil }
        var items: [Result<CipherItem, CipherFault>] = []
        repeat {
            guard items.count < CipherLimits.batchItemsMax,
                let item = CipherItem(asWritten: &scanner, in: body)
            else { return nil }
            items.append(.success(item))
        } while scanner.skip(",", in: body.span)
        guard scanner.skip("]}", in: body.span), scanner.offset == body.count else { return nil }
        return items
    }

    private static func item(_ value: JSONValue) -> Result<CipherItem, CipherFault> {
        Result { () throws(CipherFault) in try CipherItem(value) }
    }

    /// `{"batch": […]}` of bytes that `EncodedItems` gave.
    package static func encode(batch parts: [ArraySlice<UInt8>]) -> [UInt8] {
        var writer = JSONWriter(capacity: parts.reduce(12) { $0 + $1.count + 1 })
        writer.beginObject()
        writer.name("batch")
        writer.beginArray()
        for part in parts where !part.isEmpty { writer.raw(part) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
