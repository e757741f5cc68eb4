/// What may be sent: text without control characters, trimmed, not empty, not too long.
///
/// HTML is not touched: text is text, and whoever shows it shows it as text.
package struct MessageText: Sendable, Equatable {
    package static let scalarsMax = 4096
    package static let bytesMax = 16 << 10

    package let text: String

    /// Sanitises what somebody wrote: controls other than newline and tab, and code points that are
    /// no characters, are dropped; line ends become newlines; white space around is cut off.
    package init(sanitising raw: String) throws(ChatFault) {
        var scalars = String.UnicodeScalarView()
        var count = 0
        var pending = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in raw.unicodeScalars {
            defer { previous = scalar }
            // The newline of a CRLF: its carriage return has become one already.
            if scalar == "\n", previous == "\r" { continue }
            let kept: Unicode.Scalar = scalar == "\r" ? "\n" : scalar
            if Self.isDropped(kept) { continue }
            if kept.properties.isWhitespace {
                // White space counts once something follows it.
                if !scalars.isEmpty { pending.append(kept) }
                continue
            }
            count += pending.count + 1
            guard count <= Self.scalarsMax else { throw .messageTooLong }
            scalars.append(contentsOf: pending)
            pending.removeAll(keepingCapacity: true)
            scalars.append(kept)
        }
        guard count > 0 else { throw .emptyMessage }
        let text = String(scalars)
        guard text.utf8.count <= Self.bytesMax else { throw .messageTooLong }
        self.text = text
    }

    /// C0 and C1 controls other than newline and tab, DEL, and the 66 non-characters (Unicode
    /// §23.7).
    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }
}
