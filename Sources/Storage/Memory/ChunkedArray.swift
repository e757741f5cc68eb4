/// A long array that grows in chunks. Growth never needs memory for two whole arrays. A copy costs
/// nothing, and a change after a copy costs one chunk.
struct ChunkedArray<Element: BitwiseCopyable & Sendable>: Sendable {
    private static var shift: Int { 14 }
    private static var chunkCount: Int { 1 << shift }

    private var chunks: [[Element]] = []
    private(set) var count = 0

    init() {}

    init(repeating element: Element, count: Int) {
        for _ in 0..<count { append(element) }
    }

    subscript(index: Int) -> Element {
        get { chunks[index >> Self.shift][index & (Self.chunkCount - 1)] }
        set { chunks[index >> Self.shift][index & (Self.chunkCount - 1)] = newValue }
    }

    mutating func append(_ element: Element) {
        if count & (Self.chunkCount - 1) == 0 {
            chunks.append([])
            // The first chunk grows as a small store does. Every further chunk will be filled, so
            // it is allocated whole.
            if count > 0 { chunks[chunks.count - 1].reserveCapacity(Self.chunkCount) }
        }
        chunks[chunks.count - 1].append(element)
        count += 1
    }
}
