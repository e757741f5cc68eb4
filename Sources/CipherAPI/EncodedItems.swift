package import Encoding

/// A batch: encoded items in a row, with the commas between them. A batch of some of them is a copy
/// of their bytes.
package struct EncodedItems: Sendable {
    /// Takes the members of an item between `beginItem` and `endItem`.
    package var writer: JSONWriter
    /// The end of each item's bytes.
    private var ends: [Int] = []
    /// The start of the first item's bytes.
    private let firstStart: Int

    /// - Parameter capacity: The expected number of bytes.
    package init(capacity: Int = 0) {
        writer = JSONWriter(capacity: capacity == 0 ? 0 : capacity + 12)
        CipherRequest.beginBatch(in: &writer)
        firstStart = writer.bytes.count
    }

    /// Ends the batch. No item follows.
    package mutating func end() { CipherRequest.endBatch(in: &writer) }

    /// The request of all items, after `end`. The bytes are shared.
    package var batch: [UInt8] { writer.bytes }

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

    private func start(of item: Int) -> Int { item == 0 ? firstStart : ends[item - 1] + 1 }
}
