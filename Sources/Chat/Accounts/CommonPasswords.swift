internal import Encoding

/// The passwords that an attacker tries first, in lower case. A list of hashes comes from
/// script/common-passwords. Rules find one repeated character and runs of the keyboard or of
/// digits.
///
/// About 4,100 of 2³⁶ hashes are listed. One in 17 million other passwords is refused by mistake.
enum CommonPasswords {
    /// The longest repetition of one character that is common. Longer ones are rare.
    private static let repetitionsMax = 16

    static func contains(_ lowercased: ByteText) -> Bool {
        let scalars = lowercased.string.unicodeScalars
        if scalars.count <= repetitionsMax, Set(scalars).count == 1 { return true }
        let bytes = Array(lowercased.utf8)
        return runs.contains { isWithin($0, bytes) } || isListed(bytes)
    }

    /// Runs of the keyboard and repeated patterns. Every substring of one is common.
    private static let runs: [StaticString] = [
        "0123456789012345678901234567890", "98765432109876543210",
        "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba",
        "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p",
        "123123123123123123123123", "abcabcabcabcabc", "qwerty123456789",
        "qazwsxedcrfvtgbyhnujm", "asdfasdfasdf", "qweqweqweqwe", "qweasdzxcqweasdzxc",
        "112233445566778899", "12344321", "1234567890qwertyuiop", "121212121212",
    ]

    private static func isWithin(_ run: StaticString, _ bytes: [UInt8]) -> Bool {
        run.withUTF8Buffer { run in
            guard bytes.count <= run.count else { return false }
            return (0...(run.count - bytes.count)).contains { start in
                run[start...].starts(with: bytes)
            }
        }
    }

    // MARK: The list

    /// The characters of one hash, with 6 bits each. The digits ascend with their character codes,
    /// so that the order of numbers is the order of texts.
    private static let hashLength = 6
    private static let digits = Array(
        "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz".utf8)

    private static func isListed(_ bytes: [UInt8]) -> Bool {
        let wanted = hash(bytes)
        return hashes.withUTF8Buffer { hashes in
            var (low, high) = (0, hashes.count / hashLength)
            while low < high {
                let middle = (low + high) / 2
                let found = hashes[(middle * hashLength)..<((middle + 1) * hashLength)]
                if found.elementsEqual(wanted) { return true }
                if found.lexicographicallyPrecedes(wanted) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return false
        }
    }

    /// Returns the 64-bit FNV-1a hash, folded to 36 bits.
    private static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        value ^= value >> 36
        return (0..<hashLength).map { digits[Int(value >> (30 - 6 * UInt64($0)) & 63)] }
    }
}
