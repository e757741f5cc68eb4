package import Encoding

/// Items as they will stand in a request, one behind the other, with the commas between them: a
/// batch of any of them that follow one another is a copy of their bytes.
package struct EncodedItems: Sendable {
    private var writer: JSONWriter
    /// Where each item's bytes end.
    private var ends: [Int] = []

    /// - Parameter capacity: How many bytes the items will have, as far as that is known.
    package init(capacity: Int = 0) {
        writer = JSONWriter(capacity: capacity)
    }

    package mutating func append(_ item: CipherItem) {
        item.write(to: &writer)
        ends.append(writer.bytes.count)
    }

    /// Appends an item whose `text` member the caller writes.
    ///
    /// - Parameter isPlain: Whether no byte of the context needs an escape in JSON.
    package mutating func append(
        keyContext: Span<UInt8>, isPlain: Bool, writingText: (inout JSONWriter) -> Void
    ) {
        writer.beginObject()
        writingText(&writer)
        if isPlain {
            writer.field("keyContext", escaped: keyContext)
        } else {
            writer.field("keyContext", utf8: keyContext)
        }
        writer.endObject()
        ends.append(writer.bytes.count)
    }

    package var count: Int { ends.count }

    /// How many bytes these items have, with the commas between them.
    package func byteCount(of items: Range<Int>) -> Int {
        items.isEmpty ? 0 : ends[items.upperBound - 1] - start(of: items.lowerBound)
    }

    /// The bytes of these items, with the commas between them.
    package func bytes(of items: Range<Int>) -> ArraySlice<UInt8> {
        let start = items.isEmpty ? 0 : start(of: items.lowerBound)
        return writer.bytes[start..<(start + byteCount(of: items))]
    }

    private func start(of item: Int) -> Int { item == 0 ? 0 : ends[item - 1] + 1 }
}
