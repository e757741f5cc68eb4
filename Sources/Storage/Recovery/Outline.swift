internal import Encoding
internal import EventLoop

/// The outer levels of a `db.json` in any layout. They tell which system wrote it.
///
/// The earlier system wrote one object with `users` and `messages` (or `chats`). This one writes
/// `meta` too, gives every user an `epoch`, and every message a content of the form `v<n>:…`: a
/// text that has any of these is never the earlier system's.
struct Outline {
    private static let pieceBytes = 1 << 18
    /// Enough of a text to tell a name, or what a content begins with.
    private static let textBytesMax = 96

    private(set) var names: Set<ByteText> = []
    private(set) var hasEpochs = false
    private(set) var hasSealedContents = false
    private(set) var hasByteOrderMark = false
    private var isWhole = false
    private var isBroken = false

    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isName = false
    private var isContent = false
    private var text: [UInt8] = []

    /// Reads all of the file. A text that ends too soon, or is no JSON object, is nobody's.
    init(of file: any DiskFile) throws(SystemCallError) {
        var piece: [UInt8] = []
        var offset: Int64 = 0
        repeat {
            piece.removeAll(keepingCapacity: true)
            try file.read(Self.pieceBytes, at: offset, appendingTo: &piece)
            let skipped = offset == 0 && piece.starts(with: ByteOrderMark.bytes)
            if skipped { hasByteOrderMark = true }
            for byte in piece.dropFirst(skipped ? ByteOrderMark.bytes.count : 0) { take(byte) }
            offset += Int64(piece.count)
        } while !piece.isEmpty && !isBroken
    }

    /// Whether the file is the earlier system's store. What begins as this store does is not.
    static func isEarlierStore(_ file: any DiskFile) throws(SystemCallError) -> Bool {
        var start: [UInt8] = []
        let opening = SnapshotFormat.bytes(SnapshotFormat.opening)
        try file.read(opening.count, at: 0, appendingTo: &start)
        if start == opening { return false }
        return try Outline(of: file).isEarlierStore
    }

    var isEarlierStore: Bool {
        isStore && !names.contains("meta") && !hasEpochs && !hasSealedContents
    }

    /// Whether it is a whole store of this system, be its layout another one.
    var isOwnStore: Bool { isStore && !isEarlierStore }

    private var isStore: Bool {
        isWhole && !isBroken && names.contains("users")
            && (names.contains("messages") || names.contains("chats"))
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
            beginMember()
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            isWhole = depth == 0
            isName = false
        case UInt8(ascii: ","): beginMember()
        case UInt8(ascii: ":"): isName = false
        case UInt8(ascii: "\""):
            isInString = true
            text.removeAll(keepingCapacity: true)
        case 0: isBroken = true
        default: return
        }
    }

    /// Members of the text itself, and of the records in its lists.
    private mutating func beginMember() {
        isName = depth == 1 || depth == 3
        isContent = false
    }

    private mutating func takeInString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            endString()
        } else if isName || isContent, text.count < Self.textBytesMax {
            text.append(byte)
        }
    }

    private mutating func endString() {
        if isName, depth == 1 {
            names.insert(ByteText(repairing: text.span))
        } else if isName {
            if text.span.equals("epoch") { hasEpochs = true }
            isContent = text.span.equals("content")
        } else if isContent {
            if SealedForm.beginsSealed(text.span) { hasSealedContents = true }
            isContent = false
        }
    }
}

/// The byte order mark (U+FEFF in UTF-8) that some editors put before a text. It has no meaning.
package enum ByteOrderMark {
    package static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
}
