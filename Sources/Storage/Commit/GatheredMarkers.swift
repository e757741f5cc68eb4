internal import Encoding

/// Read markers that readers see and no file holds yet. Of two markers of the same row only the
/// later one is kept, so no row costs more than one line.
struct GatheredMarkers {
    private struct Row: Hashable {
        let reader: UserID
        let other: UserID
    }

    private var lines: [Row: (number: UInt32, json: [UInt8])] = [:]

    var isEmpty: Bool { lines.isEmpty }
    var count: Int { lines.count }

    /// Adds a marker, which is the change of that number.
    mutating func add(_ change: Change, number: UInt32) {
        guard case .messagesRead(let reader, let other, _) = change else {
            preconditionFailure("only markers are gathered")
        }
        lines[Row(reader: reader, other: other)] = (
            number, JournalRecord.encode(change, number: number).json
        )
    }

    mutating func removeAll() { lines = [:] }

    /// The journal's lines, in the order of the changes.
    var journalLines: [UInt8] {
        var bytes: [UInt8] = []
        for line in lines.values.sorted(by: { $0.number < $1.number }) {
            JournalLine.append(line.json, to: &bytes)
        }
        return bytes
    }
}
