package import Encoding
internal import EventLoop

/// Reads the earlier system's `db.json` record by record, so that a large file needs no more memory
/// than a small one. It blocks.
///
/// The file is one JSON object with lists among its members. Each element of a list, and each other
/// member, is returned as raw JSON. The caller parses it.
package struct EarlierRecords: Sendable {
    /// The longest record in bytes.
    private static let recordBytesMax = 64 << 20
    private static let pieceBytes = 1 << 18

    package struct Record: Sendable {
        /// The member's name: `users`, `messages`, `chats`, or any other.
        package let member: ByteText
        /// The index in its list, from 0, or nil for a member that is no list.
        package let index: Int?
        package let json: [UInt8]
    }

    private enum Place { case start, member, list, end }

    private let path: String
    private let read: @Sendable (Int, Int64) throws(SystemCallError) -> [UInt8]
    private var bytes: [UInt8] = []
    private var next = 0
    /// The offset in the file at which `bytes` begins.
    private var start: Int64 = 0
    private var isAtEnd = false
    private var place = Place.start
    private var isFirst = true
    private var member: ByteText = ""
    private var index = 0
    private var members: Set<ByteText> = []
    private var lists: Set<ByteText> = []
    /// Whether a byte-order mark was skipped.
    package private(set) var hasByteOrderMark = false

    init(_ file: any DiskFile, path: String) {
        self.path = path
        read = { count, offset throws(SystemCallError) in
            var piece: [UInt8] = []
            try file.read(count, at: offset, appendingTo: &piece)
            return piece
        }
    }

    /// Reads a text from memory.
    package init(_ text: [UInt8]) {
        path = "db.json"
        read = { count, offset in
            Array(text[min(Int(offset), text.count)..<min(Int(offset) + count, text.count)])
        }
    }

    /// Returns whether a list of this name was met.
    package func hasList(_ name: ByteText) -> Bool { lists.contains(name) }

    /// Returns the next record, or nil at the end.
    ///
    /// - Throws: `.damaged` with the offset if the text is no such object; `.failed`.
    package mutating func record() throws(StorageFault) -> Record? {
        if place == .start { try begin() }
        while true {
            switch place {
            case .start: preconditionFailure("the reading has begun already")
            case .end: return nil
            case .list:
                if try endsList() { continue }
                defer { index += 1 }
                return Record(member: member, index: index, json: try value())
            case .member:
                if try endsObject() { continue }
                if let record = try beginMember() { return record }
            }
        }
    }

    private mutating func begin() throws(StorageFault) {
        while try isThere(ByteOrderMark.bytes.count - 1), !hasByteOrderMark,
            bytes[next..<(next + ByteOrderMark.bytes.count)].elementsEqual(ByteOrderMark.bytes)
        {
            hasByteOrderMark = true
            next += ByteOrderMark.bytes.count
        }
        try expect(UInt8(ascii: "{"))
        place = .member
    }

    /// Returns whether the list ends here. It skips the comma between two elements.
    private mutating func endsList() throws(StorageFault) -> Bool {
        guard try separates(from: UInt8(ascii: "]")) else { return false }
        place = .member
        isFirst = false
        return true
    }

    private mutating func endsObject() throws(StorageFault) -> Bool {
        guard try separates(from: UInt8(ascii: "}")) else { return false }
        place = .end
        if try peek() != nil { throw damage("something stands after the end") }
        return true
    }

    private mutating func separates(from closing: UInt8) throws(StorageFault) -> Bool {
        guard let byte = try peek() else { throw damage("it ends too soon") }
        if byte == closing {
            next += 1
            return true
        }
        if !isFirst { try expect(UInt8(ascii: ",")) }
        isFirst = false
        return false
    }

    /// Reads a member's name. Returns the member unless it is a list.
    private mutating func beginMember() throws(StorageFault) -> Record? {
        let name = try value()
        guard let text = (try? JSONValue.parse(name.span))?.text else {
            throw damage("a member without a name")
        }
        guard members.insert(text).inserted else { throw damage("\"\(text)\" stands there twice") }
        try expect(UInt8(ascii: ":"))
        if try peek() == UInt8(ascii: "[") {
            next += 1
            lists.insert(text)
            (member, index, place, isFirst) = (text, 0, .list, true)
            return nil
        }
        return Record(member: text, index: nil, json: try value())
    }

    /// Returns the next value as raw JSON, from its first byte to its last.
    private mutating func value() throws(StorageFault) -> [UInt8] {
        guard try peek() != nil else { throw damage("it ends too soon") }
        var (length, depth, isInString) = (0, 0, false)
        while try isThere(length) {
            let byte = bytes[next + length]
            if isInString {
                if byte == UInt8(ascii: "\\") { length += 1 }
                if byte == UInt8(ascii: "\"") { isInString = false }
                if byte == UInt8(ascii: "\""), depth == 0 { return take(length + 1) }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return try takeSome(length) }
                    depth -= 1
                    if depth == 0 { return take(length + 1) }
                case UInt8(ascii: ","), UInt8(ascii: ":"):
                    if depth == 0 { return try takeSome(length) }
                default: ()
                }
            }
            length += 1
            if length > Self.recordBytesMax { throw damage("a record longer than 64 MiB") }
        }
        throw damage("it ends too soon")
    }

    private mutating func takeSome(_ length: Int) throws(StorageFault) -> [UInt8] {
        guard length > 0 else { throw damage("a byte that cannot stand here") }
        return take(length)
    }

    private mutating func take(_ length: Int) -> [UInt8] {
        defer { next += length }
        return Array(bytes[next..<(next + length)])
    }

    private mutating func expect(_ byte: UInt8) throws(StorageFault) {
        guard try peek() == byte else { throw damage("a byte that cannot stand here") }
        next += 1
    }

    /// Returns the next byte that is no white space, or nil at the end.
    private mutating func peek() throws(StorageFault) -> UInt8? {
        while try isThere(0) {
            switch bytes[next] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                next += 1
            default: return bytes[next]
            }
        }
        return nil
    }

    /// Returns whether there is a byte at this distance from the next one. It reads more if needed.
    private mutating func isThere(_ distance: Int) throws(StorageFault) -> Bool {
        while next + distance >= bytes.count {
            if isAtEnd { return false }
            bytes.removeFirst(next)
            start += Int64(next)
            next = 0
            do {
                let piece = try read(Self.pieceBytes, start + Int64(bytes.count))
                isAtEnd = piece.isEmpty
                bytes += piece
            } catch { throw StorageFault(reading: error) }
        }
        return true
    }

    private func damage(_ why: String) -> StorageFault {
        .damaged(file: path, offset: start + Int64(next), why: why)
    }
}
