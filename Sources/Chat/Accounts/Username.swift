package import Encoding

/// A name that may be registered: 3 to 32 of `A-Z a-z 0-9 . _ -`, of which the first is no `-`, or
/// commands would take it for an option.
///
/// Names from an earlier system may look otherwise and stay usable; they are plain text.
package struct Username: Sendable, Equatable {
    /// A longer name is nobody's: it is not looked up.
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
