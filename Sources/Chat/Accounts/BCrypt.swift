internal import CCrypt
internal import Encoding
internal import Glibc

/// bcrypt through libcrypt's re-entrant calls (crypt(3)). It is slow by design, so it never runs on
/// the event loop.
enum BCrypt {
    /// The cost of new hashes: 2¹⁰ rounds.
    static let cost = 10
    /// The accepted costs of stored hashes. A higher one would occupy a thread for seconds at every
    /// attempt.
    static let costsAccepted = 4...14
    /// The number of bytes of a password that count. libcrypt refuses 512 bytes and more, so it
    /// gets no others.
    private static let bytesMax = 72

    struct Failure: Error {}

    /// Returns a hash of the form `$2b$10$` with a random salt.
    static func hash(_ password: ByteText) throws(Failure) -> ByteText {
        guard let salt = crypt_gensalt_ra("$2b$", UInt(cost), nil, 0) else { throw Failure() }
        defer { free(salt) }
        guard let hash = crypt(password, ByteText(String(cString: salt))) else { throw Failure() }
        return hash
    }

    /// Returns whether the password matches the hash. It accepts `$2a$`, `$2b$` and `$2y$` with a
    /// cost in `costsAccepted`. A wrong password takes as long as the right one.
    static func verify(_ password: ByteText, against hash: ByteText) -> Bool {
        guard cost(of: hash) != nil, let computed = crypt(password, hash) else { return false }
        let difference = zip(computed.utf8, hash.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 && !password.utf8.contains(0)
    }

    /// Returns the cost of a hash that `verify` accepts, or nil for any other. It stands for 2^cost
    /// rounds.
    static func cost(of hash: ByteText) -> Int? {
        let bytes = Array(hash.utf8)
        let letters = [UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "y")]
        guard bytes.count == 60, bytes.starts(with: "$2".utf8), letters.contains(bytes[2]),
            bytes[3] == UInt8(ascii: "$"), bytes[6] == UInt8(ascii: "$"),
            let cost = Int(String(decoding: bytes[4..<6], as: UTF8.self)),
            costsAccepted.contains(cost)
        else { return nil }
        return cost
    }

    /// Returns whether a hash has the form and cost of new ones.
    static func isCurrent(_ hash: ByteText) -> Bool {
        hash.hasPrefix("$2b$") && cost(of: hash) == cost
    }

    /// Computes 2^cost rounds and discards the result.
    static func spend(_ cost: Int) {
        _ = crypt("", "$2b$\(cost < 10 ? "0" : "")\(cost)$abcdefghijklmnopqrstuu")
    }

    private static func crypt(_ password: ByteText, _ setting: ByteText) -> ByteText? {
        let state = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        state.initialize(to: crypt_data())
        defer {
            // The state holds the password and values derived from it.
            explicit_bzero(state, MemoryLayout<crypt_data>.size)
            state.deallocate()
        }
        let phrase = password.utf8.prefix(bytesMax).map { CChar(bitPattern: $0) } + [0]
        guard let result = crypt_r(phrase, setting.string, state) else { return nil }
        let text = ByteText(String(cString: result))
        return text.utf8Count == 60 ? text : nil
    }
}
