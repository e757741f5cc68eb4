internal import Encoding

/// One thing that a salvage tells its operator.
package struct SalvageNote: Sendable, Equatable {
    package enum Kind: Sendable {
        /// A record or a file that the new store does not hold.
        case leftOut
        /// Something that was put right, or that cannot be known.
        case remark
    }

    package let kind: Kind
    package let file: String
    /// Nil where it is about the whole file.
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
    /// How many notes of the kind `leftOut` there were.
    package let leftOut: Int
    /// Accounts made for people whose record is lost, so that their messages need not be.
    package let standIns: Int
}

/// Passes notes on, and counts those of records left out.
struct SalvageNotes {
    let tell: (SalvageNote) -> Void
    private(set) var leftOut = 0

    init(_ tell: @escaping (SalvageNote) -> Void) { self.tell = tell }

    mutating func leaveOut(_ file: String, _ offset: Int64?, _ text: String) {
        leftOut += 1
        tell(SalvageNote(kind: .leftOut, file: file, offset: offset, text: text))
    }

    func remark(_ file: String, _ offset: Int64?, _ text: String) {
        tell(SalvageNote(kind: .remark, file: file, offset: offset, text: text))
    }
}

/// Reads the id of a damaged record, where that is possible.
enum DamagedText {
    private static let idBytesMax = 64
    private static let idName: StaticString = "\"id\":\""

    /// The record's id, where its name and its end are there and all of it can be printed.
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

    /// Where records seem to begin. No text of a record can hold these bytes: its quotes have
    /// escapes.
    static func recordStarts(in bytes: Span<UInt8>) -> [Int] {
        let opening: StaticString = "{\"id\":\""
        let length = opening.utf8CodeUnitCount
        guard bytes.count >= length else { return [] }
        return (0...(bytes.count - length)).filter {
            bytes.extracting($0..<($0 + length)).equals(opening)
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
