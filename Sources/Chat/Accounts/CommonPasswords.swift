internal import Encoding

/// Passwords that every guesser tries first. The list holds those of at least eight characters, in
/// lower case; patterns (one character repeated, a run of the keyboard or of digits) are told by
/// rule.
enum CommonPasswords {
    /// How often people repeat one character. More of them are dull, but not common.
    private static let repetitionsMax = 16

    static func contains(_ lowercased: ByteText) -> Bool {
        let characters = lowercased.string.unicodeScalars
        if characters.count <= repetitionsMax, Set(characters).count == 1 { return true }
        if runs.contains(where: { $0.contains(lowercased.string) }) { return true }
        return words.contains(lowercased)
    }

    /// Anything cut out of one of these is a walk with one finger.
    private static let runs = [
        "0123456789012345678901234567890", "98765432109876543210",
        "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba",
        "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p",
        "123123123123123123123123", "abcabcabcabcabc", "qwerty123456789",
        "qazwsxedcrfvtgbyhnujm", "asdfasdfasdf", "qweqweqweqwe", "qweasdzxcqweasdzxc",
        "112233445566778899", "12344321", "1234567890qwertyuiop", "121212121212",
    ]

    private static let words: Set<ByteText> = [
        "password", "password1", "password12", "password123", "password1234", "passw0rd",
        "p@ssw0rd", "p@ssword", "letmein1", "iloveyou", "iloveyou1", "sunshine", "sunshine1",
        "princess", "princess1", "football", "football1", "baseball", "baseball1", "superman",
        "superman1", "trustno1", "starwars", "michelle", "jennifer", "liverpool", "barcelona",
        "computer", "internet", "corvette", "mercedes", "samsung1", "whatever", "welcome1",
        "qwerty12", "qwerty123", "qwerty1234", "asdf1234", "zxcvbnm1", "admin123",
        "administrator", "changeme", "charlie1", "michael1", "pokemon1", "minecraft", "facebook",
        "whatsapp", "instagram",
        // What Indonesian speakers choose most.
        "indonesia", "indonesia1", "indonesia123", "bismillah", "bismillah1", "bismillah123",
        "alhamdulillah", "assalamualaikum", "sayangku", "katasandi", "doraemon", "semangat",
    ]
}
