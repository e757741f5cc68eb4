internal import Encoding

/// The text of an id that has as many bytes as a UUID. To compare it counts no reference, while a
/// text that lies in an array is copied for each comparison.
struct IDSpelling: Equatable, Sendable {
    private static let byteCount = 36

    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64
    private let last: UInt32

    /// Nil for a text of another length.
    init?(_ text: ByteText) {
        // The string itself, because the accessor of another module counts a reference to it.
        let text = text.string.utf8.span
        guard text.count == Self.byteCount else { return nil }
        func word(_ index: Int) -> UInt64 {
            text.bytes.unsafeLoadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
        }
        (first, second, third, fourth) = (word(0), word(1), word(2), word(3))
        last = text.bytes.unsafeLoadUnaligned(fromByteOffset: 32, as: UInt32.self)
    }
}
