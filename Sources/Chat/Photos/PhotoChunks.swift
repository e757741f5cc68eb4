package import Encoding
package import Storage

/// An operation of the vault on one piece of a photo.
package enum ChunkOperation: Sendable {
    case seal, open, rewrap
}

/// The vault's answer about one piece of a photo.
package enum VaultChunk: Sendable, Equatable {
    case bytes([UInt8])
    /// Was changed, cut or moved from another place, or was sealed by an unknown key.
    case notAuthentic
    /// Was sealed by a key that is retired or forgotten.
    case keyRetired
}

/// The context that binds a piece to its photo. It is `p1:`, and then sender, receiver, photo,
/// number and count of the pieces, each as `<length in bytes>:<text>`.
///
/// So no piece can stand in for another, and none can be missing at the end.
package enum PhotoContext {
    package static func text(of header: PhotoHeader, chunk number: Int) -> ByteText {
        let parts = [
            header.sender.text, header.receiver.text, header.id.text, "\(number)",
            "\(header.chunkCount)",
        ]
        let counted = parts.map { "\($0.utf8Count):\($0.string)" }
        return ByteText("p1:" + counted.joined())
    }
}

/// The media types of photos, told by their first bytes. Nothing else is stored, and so nothing
/// else is ever served as an image.
enum PhotoType {
    static func of(_ start: [UInt8]) -> ByteText? {
        if start.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            return "image/png"
        }
        let isWebP =
            start.starts(with: "RIFF".utf8) && start.dropFirst(8).starts(with: "WEBP".utf8)
        return isWebP ? "image/webp" : nil
    }
}
