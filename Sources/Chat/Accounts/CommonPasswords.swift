/// Passwords that every guesser tries first. The list holds those of at least eight characters, in
/// lower case; patterns (one character repeated, a run of the keyboard or of digits) are told by
/// rule.
enum CommonPasswords {
    /// How often people repeat one character. More of them are dull, but not common.
    private static let repetitionsMax = 16

    static func contains(_ lowercased: String) -> Bool {
        if lowercased.count <= repetitionsMax, Set(lowercased).count == 1 { return true }
        if runs.contains(where: { $0.contains(lowercased) }) { return true }
        return words.contains(lowercased)
    }

    /// Anything cut out of one of these is a walk with one finger.
    private static let runs = [
        "0123456789012345678901234567890", "98765432109876543210",
        "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba",
        "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p",
        "123123123123123123123123", "abcabcabcabcabc", "abcd1234abcd1234", "qwerty123456789",
        "qazwsxedcrfvtgbyhnujm", "asdfasdfasdf", "qweqweqweqwe", "qweasdzxcqweasdzxc",
        "112233445566778899", "12344321", "1234567890qwertyuiop", "121212121212",
    ]

    private static let words: Set<String> = [
        "password", "password1", "password12", "password123", "password1234", "passw0rd",
        "p@ssw0rd", "p@ssword", "pass1234", "letmein1", "letmein123", "iloveyou", "iloveyou1",
        "iloveyou2", "sunshine", "sunshine1", "princess", "princess1", "football", "football1",
        "baseball", "baseball1", "superman", "superman1", "trustno1", "starwars", "michelle",
        "jennifer", "jonathan", "liverpool", "arsenal1", "barcelona", "manchester", "computer",
        "internet", "corvette", "mercedes", "samsung1", "whatever", "welcome1", "welcome123",
        "qwerty12", "qwerty123", "qwerty1234", "asdf1234", "zxcvbnm1", "zxcvbnm123", "admin123",
        "admin1234", "administrator", "changeme", "changeme1", "default1", "master123",
        "dragon123", "monkey123", "shadow123", "killer123", "charlie1", "michael1", "jordan23",
        "access14", "test1234", "testtest", "guest123", "user1234", "root1234", "hello123",
        "helloworld", "lovelove", "blink182", "pokemon1", "minecraft", "google123",
        "facebook", "whatsapp", "whatsapp1", "instagram", "telegram",
        // What Indonesian speakers choose most.
        "indonesia", "indonesia1", "indonesia123", "bismillah", "bismillah1", "bismillah123",
        "alhamdulillah", "assalamualaikum", "sayangku", "sayangkamu", "akusayangkamu",
        "cintakamu", "akucintakamu", "rahasia1", "rahasia123", "katasandi", "katasandi1",
        "katasandi123", "passwordku", "jakarta1", "jakarta123", "bandung1", "bandung123",
        "surabaya", "surabaya1", "persib1933", "merdeka45", "merdeka1945", "garuda123",
        "anjing123", "kucing123", "ganteng1", "ganteng123", "cantik123", "terserah", "semangat",
        "semangat45", "doraemon", "doraemon1", "keluarga", "keluargaku", "mamapapa", "sahabat1",
    ]
}
