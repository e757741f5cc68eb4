import Encoding

/// Finds the end of a field value: printable ASCII, blanks and opaque bytes (RFC 9110 §5.5).
///
/// Most of a head are values, so eight bytes are checked at a time.
enum FieldText {
    /// Returns the index of the first byte after `start` that no value may have, or the end of the
    /// bytes.
    static func end(in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while bytes.count - index >= 8 {
            let eight = EightBytes.load(bytes, at: index)
            let marks =
                EightBytes.marks(below: 0x20, in: eight) | EightBytes.marks(of: 0x7F, in: eight)
            index += marks == 0 ? 8 : marks.trailingZeroBitCount / 8
            if marks == 0 { continue }
            guard bytes[index] == .tab else { return index }
            index += 1
        }
        while index < bytes.count, bytes[index].isFieldText { index += 1 }
        return index
    }
}
