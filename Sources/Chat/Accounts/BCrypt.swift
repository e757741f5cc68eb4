internal import CCrypt
internal import Encoding
internal import Glibc

/// bcrypt through libcrypt's re-entrant calls (crypt(3)). Slow by design: never on the event loop.
enum BCrypt {
    /// 2¹⁰ rounds.
    static let cost: UInt = 10
    /// How much of a password counts. libcrypt refuses 512 bytes and more, so it sees no others.
    private static let bytesMax = 72

    struct Failure: Error {}

    /// `$2b$10$` with a random salt.
    static func hash(_ password: ByteText) throws(Failure) -> ByteText {
        guard let salt = crypt_gensalt_ra("$2b$", cost, nil, 0) else { throw Failure() }
        defer { free(salt) }
        guard let hash = crypt(password, ByteText(String(cString: salt))) else { throw Failure() }
        return hash
    }

    /// Whether that is the password; `$2a$`, `$2b$` and `$2y$` are understood, anything else is
    /// not.
    static func verify(_ password: ByteText, against hash: ByteText) -> Bool {
        guard hash.utf8Count == 60,
            ["$2a$", "$2b$", "$2y$"].contains(where: { hash.hasPrefix($0) }),
            !password.utf8.contains(0), let computed = crypt(password, hash)
        else { return false }
        return zip(computed.utf8, hash.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func crypt(_ password: ByteText, _ setting: ByteText) -> ByteText? {
        let room = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        room.initialize(to: crypt_data())
        defer {
            // It holds the password and what was made of it.
            explicit_bzero(room, MemoryLayout<crypt_data>.size)
            room.deallocate()
        }
        let phrase = password.utf8.prefix(bytesMax).map { CChar(bitPattern: $0) } + [0]
        guard let result = crypt_r(phrase, setting.string, room) else { return nil }
        let text = ByteText(String(cString: result))
        return text.utf8Count == 60 ? text : nil
    }
}
