internal import Glibc

extension Span<UInt8> {
    /// Whether these are the same bytes.
    package func equals(_ other: Span<UInt8>) -> Bool {
        other.withUnsafeBufferPointer { equals($0.baseAddress, count: $0.count) }
    }

    package func equals(_ text: StaticString) -> Bool {
        equals(text.utf8Start, count: text.utf8CodeUnitCount)
    }

    private func equals(_ other: UnsafePointer<UInt8>?, count otherCount: Int) -> Bool {
        withUnsafeBufferPointer { buffer in
            guard buffer.count == otherCount else { return false }
            guard let mine = buffer.baseAddress, let other else { return true }
            return mine == other || memcmp(mine, other, otherCount) == 0
        }
    }
}
