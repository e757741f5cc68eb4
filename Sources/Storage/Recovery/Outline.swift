internal import Encoding
internal import EventLoop

/// The outer levels of a `db.json` in any layout. They tell which system wrote it.
///
/// The earlier system wrote one object with `users` and `messages` (or `chats`). This system also
/// writes `meta`, an `epoch` in every user, and contents of the form `v<n>:…`. A text with any of
/// these is never the earlier system's.
struct Outline {
    private static let pieceBytes = 1 << 18
    /// The number of bytes of a text that are kept, for a name or the start of a content.
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

    /// Reads the whole file. A text that ends too soon, or is no JSON object, is no store of either
    /// system.
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

    /// Returns whether the file is the earlier system's store. A file that begins in this store's
    /// layout is not.
    static func isEarlierStore(_ file: any DiskFile) throws(SystemCallError) -> Bool {
        var start: [UInt8] = []
        let firstLine = SnapshotFormat.bytes(SnapshotFormat.beforeUsers)
        try file.read(firstLine.count, at: 0, appendingTo: &start)
        if start == firstLine { return false }
        return try Outline(of: file).isEarlierStore
    }

    var isEarlierStore: Bool {
        isStore && !names.contains("meta") && !hasEpochs && !hasSealedContents
    }

    /// Whether the file is a whole store of this system, in any layout.
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

    /// Begins a member of the text itself, or of a record in one of its lists.
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

/// The byte-order mark (U+FEFF in UTF-8) that some editors put before a text. It has no meaning.
package enum ByteOrderMark {
    package static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
}
