internal import Encoding

/// Passwords that every guesser tries first, in lower case: a list of hashes
/// (script/common-passwords), and patterns (one character repeated, a run of the keyboard or of
/// digits) that are told by rule.
///
/// About 4,100 of 2³⁶ hashes are taken: one in 17 million other passwords is refused by mistake.
enum CommonPasswords {
    /// How often people repeat one character. More of them are dull, but not common.
    private static let repetitionsMax = 16

    static func contains(_ lowercased: ByteText) -> Bool {
        let scalars = lowercased.string.unicodeScalars
        if scalars.count <= repetitionsMax, Set(scalars).count == 1 { return true }
        let bytes = Array(lowercased.utf8)
        return runs.contains { isWithin($0, bytes) } || isListed(bytes)
    }

    /// Anything cut out of one of these is a walk with one finger.
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

    /// Characters of one hash, 6 bits each. They stand in the order of their codes, so that sorted
    /// numbers are sorted texts.
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

    /// FNV-1a of 64 bits, folded to 36.
    private static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        value ^= value >> 36
        return (0..<hashLength).map { digits[Int(value >> (30 - 6 * UInt64($0)) & 63)] }
    }
}
