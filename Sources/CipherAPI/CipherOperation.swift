/// An operation of Cipher on texts.
package enum CipherOperation: Sendable {
    case encrypt, decrypt, rewrap

    /// The path of its route.
    package var target: String {
        switch self {
        case .encrypt: "/encrypt"
        case .decrypt: "/decrypt"
        case .rewrap: "/rewrap"
        }
    }

    /// The path of its route for a chunk of bytes (`ChunkRequest`).
    package var chunkTarget: String { target + "/chunk" }

    /// Whether its results are sealed contents.
    package var seals: Bool { self != .decrypt }
}
