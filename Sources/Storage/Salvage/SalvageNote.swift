internal import Encoding

/// One line of a salvage's report to the operator.
package struct SalvageNote: Sendable, Equatable {
    package enum Kind: Sendable {
        /// A record or a file that the new store does not hold.
        case leftOut
        /// Something that was repaired, or that cannot be known.
        case remark
    }

    package let kind: Kind
    package let file: String
    /// The offset in the file, or nil if the note is about the whole file.
    package let offset: Int64?
    package let text: String
}

extension SalvageNote: CustomStringConvertible {
    package var description: String {
        let place = offset.map { "\(file) byte \($0)" } ?? file
        return "\(kind == .leftOut ? "left out" : "note"): \(place): \(text)"
    }
}

/// The contents of a salvaged store.
package struct SalvageReport: Sendable, Equatable {
    package let users: Int
    package let messages: Int
    /// The number of notes of the kind `leftOut`.
    package let leftOut: Int
    /// The number of accounts that were made for users without a record, so that their messages are
    /// kept.
    package let standIns: Int
}

/// Reports notes, and counts those of records left out.
struct SalvageNotes {
    let report: (SalvageNote) -> Void
    private(set) var leftOut = 0

    init(_ report: @escaping (SalvageNote) -> Void) { self.report = report }

    mutating func leaveOut(_ file: String, _ offset: Int64?, _ text: String) {
        leftOut += 1
        report(SalvageNote(kind: .leftOut, file: file, offset: offset, text: text))
    }

    func remark(_ file: String, _ offset: Int64?, _ text: String) {
        report(SalvageNote(kind: .remark, file: file, offset: offset, text: text))
    }
}

/// Reads the id of a damaged record, if it is readable.
enum DamagedText {
    private static let idBytesMax = 64
    private static let idName: StaticString = "\"id\":\""

    /// Returns the record's id if it is complete and printable.
    static func id(in bytes: Span<UInt8>) -> String? {
        var start = 0
        let length = idName.utf8CodeUnitCount
        while start + length < bytes.count {
            if bytes.extracting(start..<(start + length)).equals(idName) {
                return text(in: bytes, from: start + length)
            }
            start += 1
        }
        return nil
    }

    /// Returns the offsets at which records seem to begin. A text inside a record cannot hold these
    /// bytes, because its quotes are escaped.
    static func recordStarts(in bytes: Span<UInt8>) -> [Int] {
        let prefix: StaticString = "{\"id\":\""
        let length = prefix.utf8CodeUnitCount
        guard bytes.count >= length else { return [] }
        return (0...(bytes.count - length)).filter {
            bytes.extracting($0..<($0 + length)).equals(prefix)
        }
    }

    private static func text(in bytes: Span<UInt8>, from start: Int) -> String? {
        var end = start
        while end < min(bytes.count, start + idBytesMax), bytes[end] != UInt8(ascii: "\"") {
            guard (0x20...0x7E).contains(bytes[end]) else { return nil }
            end += 1
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\""), end > start else { return nil }
        return ByteText(repairing: bytes.extracting(start..<end)).string
    }
}
