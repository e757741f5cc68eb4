internal import CCrypt
internal import Encoding
internal import Glibc

/// bcrypt through libcrypt's re-entrant calls (crypt(3)). Slow by design: never on the event loop.
enum BCrypt {
    /// 2¹⁰ rounds.
    static let cost = 10
    /// Of stored hashes. A dearer one would hold a thread for seconds at every try.
    static let costsTaken = 4...14
    /// How much of a password counts. libcrypt refuses 512 bytes and more, so it sees no others.
    private static let bytesMax = 72

    struct Failure: Error {}

    /// `$2b$10$` with a random salt.
    static func hash(_ password: ByteText) throws(Failure) -> ByteText {
        guard let salt = crypt_gensalt_ra("$2b$", UInt(cost), nil, 0) else { throw Failure() }
        defer { free(salt) }
        guard let hash = crypt(password, ByteText(String(cString: salt))) else { throw Failure() }
        return hash
    }

    /// Whether that is the password; `$2a$`, `$2b$` and `$2y$` of a cost in `costsTaken` are
    /// understood, anything else is not. Takes as long for a wrong password as for the right one.
    static func verify(_ password: ByteText, against hash: ByteText) -> Bool {
        guard cost(of: hash) != nil, let computed = crypt(password, hash) else { return false }
        let difference = zip(computed.utf8, hash.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 && !password.utf8.contains(0)
    }

    /// The cost of a hash that `verify` understands: it takes 2^cost rounds. Nil for any other.
    static func cost(of hash: ByteText) -> Int? {
        let bytes = Array(hash.utf8)
        let letters = [UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "y")]
        guard bytes.count == 60, bytes.starts(with: "$2".utf8), letters.contains(bytes[2]),
            bytes[3] == UInt8(ascii: "$"), bytes[6] == UInt8(ascii: "$"),
            let cost = Int(String(decoding: bytes[4..<6], as: UTF8.self)),
            costsTaken.contains(cost)
        else { return nil }
        return cost
    }

    /// Whether it is what `hash` makes today.
    static func isOfToday(_ hash: ByteText) -> Bool {
        hash.hasPrefix("$2b$") && cost(of: hash) == cost
    }

    /// Works for 2^cost rounds and forgets the result.
    static func spend(_ cost: Int) {
        _ = crypt("", "$2b$\(cost < 10 ? "0" : "")\(cost)$abcdefghijklmnopqrstuu")
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
