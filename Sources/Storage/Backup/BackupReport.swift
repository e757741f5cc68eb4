/// What a copy of a store holds.
package struct BackupReport: Sendable, Equatable {
    /// Of all files together.
    package let bytes: Int64
    /// Segments of the journal.
    package let segments: Int

    package init(bytes: Int64, segments: Int) {
        self.bytes = bytes
        self.segments = segments
    }
}
