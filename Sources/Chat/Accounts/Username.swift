package import Encoding

/// A name that may be registered: 3 to 32 of `A-Z a-z 0-9 . _ -`. The first is no `-`, because
/// commands would take it for an option.
///
/// Names from an earlier system may have other forms and stay usable. They are plain text.
package struct Username: Sendable, Equatable {
    /// The longest name that is looked up, in bytes. No user has a longer one.
    static let lookedUpBytesMax = 1_024

    package let text: ByteText

    package init?(_ text: ByteText) {
        guard (3...32).contains(text.utf8Count), text.utf8.allSatisfy(Self.mayStand),
            !text.hasPrefix("-")
        else {
            return nil
        }
        self.text = text
    }

    private static func mayStand(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
