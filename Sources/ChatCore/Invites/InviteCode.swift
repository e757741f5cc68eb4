import Cryptography
import Encoding
import Program

/// A code that lets one person register: 80 random bits as 16 digits of Crockford's base 32,
/// printed `5G7K-2MPQ-X0ZW-9RTA`. It reads either case, ignores hyphens and blanks, and takes the
/// letters that Crockford maps to digits.
struct InviteCode: Sendable, CustomStringConvertible {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let count = 16

    private let symbols: [UInt8]

    static func random() throws(StartFailure) -> InviteCode {
        // 256 is a multiple of 32, so every digit is equally likely.
        let bytes = try RandomBytes.forStart(count)
        return InviteCode(symbols: bytes.map { digits[Int($0 % 32)] })
    }

    private init(symbols: [UInt8]) {
        self.symbols = symbols
    }

    /// Reads a typed code. Nil for a text that cannot be one.
    init?(_ typed: ByteText) {
        var symbols: [UInt8] = []
        for byte in typed.utf8 {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: " "): continue
            case UInt8(ascii: "O"), UInt8(ascii: "o"): symbols.append(UInt8(ascii: "0"))
            case UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "L"), UInt8(ascii: "l"):
                symbols.append(UInt8(ascii: "1"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): symbols.append(byte & ~0x20)
            default: symbols.append(byte)
            }
            if symbols.count > Self.count { return nil }
        }
        guard symbols.count == Self.count, symbols.allSatisfy(Self.digits.contains) else {
            return nil
        }
        self.symbols = symbols
    }

    /// The 64 hex digits that the store keeps. A reader of the store cannot register with them.
    var digest: ByteText {
        var label = Array("chat invitation v1".utf8)
        return ByteText(
            Hex.encode(HMACSHA256.code(of: symbols.span, key: Secret(taking: &label))))
    }

    var description: String {
        let groups = stride(from: 0, to: Self.count, by: 4).map { start in
            String(decoding: symbols[start..<(start + 4)], as: UTF8.self)
        }
        return groups.joined(separator: "-")
    }
}
