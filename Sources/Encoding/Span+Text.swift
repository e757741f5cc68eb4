internal import Glibc

extension Span<UInt8> {
    /// Returns whether these are the same bytes.
    package func equals(_ other: Span<UInt8>) -> Bool {
        other.withUnsafeBufferPointer { equals($0.baseAddress, count: $0.count) }
    }

    package func equals(_ text: StaticString) -> Bool {
        equals(text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Returns whether the part stands somewhere among these bytes. It costs the product of both
    /// lengths at worst: a caller bounds one of them.
    package func contains(_ part: Span<UInt8>) -> Bool {
        guard part.count <= count else { return false }
        for start in 0...(count - part.count)
        where extracting(start..<(start + part.count)).equals(part) {
            return true
        }
        return false
    }

    private func equals(_ other: UnsafePointer<UInt8>?, count otherCount: Int) -> Bool {
        withUnsafeBufferPointer { buffer in
            guard buffer.count == otherCount else { return false }
            guard let mine = buffer.baseAddress, let other else { return true }
            return mine == other || memcmp(mine, other, otherCount) == 0
        }
    }
}

/// Reads HTTP field values as bytes, in one pass.
extension Span<UInt8> {
    /// Returns whether these are the bytes of `text`, a text in lower case, if the case of A–Z is
    /// ignored.
    package func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in indices where self[index].asciiLowercased != text.utf8Start[index] {
            return false
        }
        return true
    }

    package func hasPrefix(_ text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount
            && extracting(0..<text.utf8CodeUnitCount).equals(text)
    }

    /// Returns the part of `range` without spaces and tabs at either end (RFC 9110 §5.6.3, OWS).
    package func withoutBlanks(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
        while start < end, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }

    /// Calls `body` with every part between separators, empty ones too, until it returns a value.
    /// Returns that value.
    package func firstPart<Found>(
        separatedBy separator: UInt8, where body: (Span<UInt8>) -> Found?
    ) -> Found? {
        var start = 0
        for index in 0...count where index == count || self[index] == separator {
            if let found = body(extracting(start..<index)) { return found }
            start = index + 1
        }
        return nil
    }
}
