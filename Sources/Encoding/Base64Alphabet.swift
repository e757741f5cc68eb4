/// The 64 characters of one of RFC 4648's two alphabets, and the way back from a character.
struct Base64Alphabet: Sendable {
    static let standard = Base64Alphabet(last: "+/", isPadded: true)
    static let url = Base64Alphabet(last: "-_", isPadded: false)

    let characters: [UInt8]
    /// For each byte what it stands for, 0 to 63, or 255 where it is no character of this alphabet.
    let values: [UInt8]
    let isPadded: Bool

    private init(last: String, isPadded: Bool) {
        characters = Array(
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in characters.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        self.values = values
        self.isPadded = isPadded
    }
}
