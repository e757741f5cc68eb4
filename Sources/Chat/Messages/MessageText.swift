package import Encoding

/// What may be sent: text without control characters, trimmed, not empty, not too long.
///
/// HTML is not touched: text is text, and whoever shows it shows it as text.
package struct MessageText: Sendable, Equatable {
    package static let scalarsMax = 4096
    package static let bytesMax = 16 << 10

    package let text: ByteText

    /// Sanitises what somebody wrote: controls other than newline and tab, and code points that are
    /// no characters, are dropped, so that CRLF becomes a newline; white space around is cut off.
    /// A text of which nothing would then be seen is refused as empty.
    package init(sanitising raw: ByteText) throws(ChatFault) {
        // A CRLF loses its carriage return here. Before the trimming, since what is dropped may
        // stand around white space.
        let kept = Self.isClean(raw.string) ? raw.string : Self.cleaned(raw.string)
        let text = ByteText(kept).trimmed
        guard Self.isVisible(text.string) else { throw .emptyMessage }
        guard text.utf8Count <= Self.bytesMax, Self.hasFewScalars(text.string) else {
            throw .messageTooLong
        }
        self.text = text
    }

    /// Bytes first: most texts are printable ASCII, where nothing is to be dropped.
    private static func isClean(_ raw: String) -> Bool {
        let bytes = raw.utf8.span
        return bytes.indices.allSatisfy { bytes[$0] >= 0x20 && bytes[$0] < 0x7F }
            || !raw.unicodeScalars.contains(where: isDropped)
    }

    /// Whether a reader sees any of it: one scalar is enough that is neither White_Space nor
    /// Default_Ignorable_Code_Point (Unicode §5.21), such as U+FEFF, joiners and bidi controls.
    private static func isVisible(_ text: String) -> Bool {
        text.unicodeScalars.contains {
            !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint
        }
    }

    /// No text has more scalars than bytes.
    private static func hasFewScalars(_ text: String) -> Bool {
        text.utf8.count <= scalarsMax || text.unicodeScalars.count <= scalarsMax
    }

    private static func cleaned(_ raw: String) -> String {
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: raw.unicodeScalars.lazy.filter { !isDropped($0) })
        return String(kept)
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
