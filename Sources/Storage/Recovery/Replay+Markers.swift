/// The journal's lines about read markers.
extension Replay {
    /// Applies an entry about read markers. Returns false for any other. A marker states the number
    /// of its change, because an earlier one of the same row may have been left out.
    mutating func takeMarker(
        _ entry: JournalEntry, at offset: Int64
    ) throws(StorageFault) -> Bool {
        switch entry {
        case .allRead:
            memory.index.markAllRead()
            statesMarkers = true
        case .messagesRead(let reader, let other, let time, let number):
            guard number > memory.index.lastRevision else {
                throw damage(offset, "a marker whose change is not later than the one before it")
            }
            memory.index.setLastRevision(number)
            try apply(.messagesRead(by: reader, with: other, upTo: time), at: offset)
            markerCount += 1
        default: return false
        }
        return true
    }

    /// Counts the unread messages of the snapshot. Without markers there all of them are read.
    func endMarkers() {
        if statesMarkers { memory.index.endMarkers() } else { memory.index.markAllRead() }
    }

    /// Marks all messages as read if no file states read markers. Call it after the journal.
    func endJournal() {
        if !statesMarkers { memory.index.markAllRead() }
    }
}
