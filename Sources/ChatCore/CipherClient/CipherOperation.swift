/// What Cipher is asked to do with a text.
enum CipherOperation: Sendable {
    case encrypt, decrypt, rewrap

    var target: String {
        switch self {
        case .encrypt: "/encrypt"
        case .decrypt: "/decrypt"
        case .rewrap: "/rewrap"
        }
    }

    /// Whether its results are contents, and not texts.
    var seals: Bool { self != .decrypt }
}
