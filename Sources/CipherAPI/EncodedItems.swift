package import Encoding

/// Encoded items in a row, with the commas between them. A batch of consecutive items is a copy of
/// their bytes.
package struct EncodedItems: Sendable {
    /// Takes the members of an item between `beginItem` and `endItem`.
    package var writer: JSONWriter
    /// The end of each item's bytes.
    private var ends: [Int] = []

    /// - Parameter capacity: The expected number of bytes.
    package init(capacity: Int = 0) {
        writer = JSONWriter(capacity: capacity)
    }

    package mutating func append(_ item: CipherItem) {
        item.write(to: &writer)
        ends.append(writer.bytes.count)
    }

    /// Begins an item. The caller writes its members `text` and `keyContext`, in this order.
    package mutating func beginItem() { writer.beginObject() }

    package mutating func endItem() {
        writer.endObject()
        ends.append(writer.bytes.count)
    }

    package var count: Int { ends.count }

    /// Returns the number of bytes of these items, with the commas between them.
    package func byteCount(of items: Range<Int>) -> Int {
        items.isEmpty ? 0 : ends[items.upperBound - 1] - start(of: items.lowerBound)
    }

    /// Returns the bytes of these items, with the commas between them.
    package func bytes(of items: Range<Int>) -> ArraySlice<UInt8> {
        let start = items.isEmpty ? 0 : start(of: items.lowerBound)
        return writer.bytes[start..<(start + byteCount(of: items))]
    }

    private func start(of item: Int) -> Int { item == 0 ? 0 : ends[item - 1] + 1 }
}
