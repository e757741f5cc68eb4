/// What Cipher is asked to do with a text.
enum CipherOperation: CaseIterable, Sendable {
    case encrypt, decrypt, rewrap

    var target: String {
        switch self {
        case .encrypt: "/encrypt"
        case .decrypt: "/decrypt"
        case .rewrap: "/rewrap"
        }
    }

    /// How many batches of a kind are under way at once. The more there are, the less they share;
    /// a second one keeps a long history from holding up all others.
    var batchesUnderWayMax: Int {
        switch self {
        case .encrypt, .rewrap: 1
        case .decrypt: 2
        }
    }

    /// Whether its results are contents, and not texts.
    var seals: Bool { self != .decrypt }
}
