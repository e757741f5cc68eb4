/// What may be sent: text without control characters, trimmed, not empty, not too long.
///
/// HTML is not touched: text is text, and whoever shows it shows it as text.
package struct MessageText: Sendable, Equatable {
    package static let scalarsMax = 4096
    package static let bytesMax = 16 << 10

    package let text: String

    /// Sanitises what somebody wrote: controls other than newline and tab, and code points that are
    /// no characters, are dropped, so that CRLF becomes a newline; white space around is cut off.
    package init(sanitising raw: String) throws(ChatFault) {
        var scalars = String.UnicodeScalarView()
        var count = 0
        var pending = String.UnicodeScalarView()
        for scalar in raw.unicodeScalars {
            // A CRLF loses its carriage return here.
            if Self.isDropped(scalar) { continue }
            if scalar.properties.isWhitespace {
                // White space counts once something follows it.
                if !scalars.isEmpty { pending.append(scalar) }
                continue
            }
            count += pending.count + 1
            guard count <= Self.scalarsMax else { throw .messageTooLong }
            scalars.append(contentsOf: pending)
            pending.removeAll(keepingCapacity: true)
            scalars.append(scalar)
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
