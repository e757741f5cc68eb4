internal import Encoding
internal import EventLoop

/// Recognises the store of the earlier system: one JSON object with `users` and `messages` (or
/// `chats`), and no `meta`.
struct EarlierStore {
    private static let pieceBytes = 1 << 18
    private static let nameBytesMax = 16

    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isName = false
    private var text: [UInt8] = []
    private var names: Set<ByteText> = []
    private var isWhole = false
    private var isBroken = false

    /// Looks at the names on the outermost level only. What begins as this store does is not one,
    /// and neither is a text that ends too soon: that is damage.
    static func isOne(_ file: any DiskFile) throws(SystemCallError) -> Bool {
        var piece: [UInt8] = []
        try file.read(pieceBytes, at: 0, appendingTo: &piece)
        if piece.starts(with: SnapshotFormat.bytes(SnapshotFormat.opening)) { return false }
        var scan = EarlierStore()
        var offset: Int64 = 0
        while !piece.isEmpty {
            for byte in piece { scan.take(byte) }
            if scan.isBroken { return false }
            offset += Int64(piece.count)
            piece.removeAll(keepingCapacity: true)
            try file.read(pieceBytes, at: offset, appendingTo: &piece)
        }
        return scan.isWhole && scan.names.contains("users") && !scan.names.contains("meta")
            && (scan.names.contains("messages") || scan.names.contains("chats"))
    }

    private mutating func take(_ byte: UInt8) {
        if isInString { return takeInString(byte) }
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): return
        default: if isWhole || depth == 0 && byte != UInt8(ascii: "{") { isBroken = true }
        }
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            isName = depth == 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            isWhole = depth == 0
        case UInt8(ascii: ","): isName = depth == 1
        case UInt8(ascii: ":"): isName = false
        case UInt8(ascii: "\""):
            isInString = true
            text = []
        case 0: isBroken = true
        default: return
        }
    }

    private mutating func takeInString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            if isName { names.insert(ByteText(repairing: text.span)) }
        } else if isName, text.count < Self.nameBytesMax {
            text.append(byte)
        }
    }
}
