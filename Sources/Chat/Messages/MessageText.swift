package import Encoding

/// The text of a message: without control characters, trimmed, not empty, and not too long.
///
/// HTML is not altered. Every client must show the text as plain text.
package struct MessageText: Sendable, Equatable {
    package static let scalarsMax = 4096
    package static let bytesMax = 16 << 10

    package let text: ByteText

    /// Sanitises a text. It drops control characters other than newline and tab, and code points
    /// that are no characters, so CRLF becomes a newline. It removes surrounding white space.
    ///
    /// - Parameter mayBeEmpty: Whether something else than the text makes up the message.
    /// - Throws: `emptyMessage` if no visible character is left; `messageTooLong`.
    package init(sanitising raw: ByteText, mayBeEmpty: Bool = false) throws(ChatFault) {
        // Cleaning drops the carriage return of a CRLF. It comes before trimming, because dropped
        // characters may surround white space.
        let kept = Self.isClean(raw.string) ? raw.string : Self.cleaned(raw.string)
        let text = ByteText(kept).trimmed
        guard Self.isVisible(text.string) else {
            guard mayBeEmpty else { throw .emptyMessage }
            self.text = ""
            return
        }
        guard text.utf8Count <= Self.bytesMax, Self.hasFewScalars(text.string) else {
            throw .messageTooLong
        }
        self.text = text
    }

    /// Returns whether nothing has to be dropped. It checks bytes first, because most texts are
    /// printable ASCII.
    private static func isClean(_ raw: String) -> Bool {
        let bytes = raw.utf8.span
        return bytes.indices.allSatisfy { bytes[$0] >= 0x20 && bytes[$0] < 0x7F }
            || !raw.unicodeScalars.contains(where: isDropped)
    }

    /// Returns whether any scalar is visible: neither White_Space nor Default_Ignorable_Code_Point
    /// (Unicode §5.21). The latter covers U+FEFF, joiners and bidi controls.
    private static func isVisible(_ text: String) -> Bool {
        text.utf8.first?.isVisibleASCII == true
            || text.unicodeScalars.contains {
                !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint
            }
    }

    /// Returns whether the text is within the limit of scalars. A text never has more scalars than
    /// bytes, so a short one needs no count.
    private static func hasFewScalars(_ text: String) -> Bool {
        text.utf8.count <= scalarsMax || text.unicodeScalars.count <= scalarsMax
    }

    private static func cleaned(_ raw: String) -> String {
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: raw.unicodeScalars.lazy.filter { !isDropped($0) })
        return String(kept)
    }

    /// Returns whether a scalar is dropped: C0 and C1 controls other than newline and tab, DEL, and
    /// the 66 non-characters (Unicode §23.7).
    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }
}
