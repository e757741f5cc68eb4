/// The size of a copy of a store.
package struct BackupReport: Sendable, Equatable {
    /// The length of all files together.
    package let bytes: Int64
    /// The number of segments of the journal.
    package let segments: Int

    package init(bytes: Int64, segments: Int) {
        self.bytes = bytes
        self.segments = segments
    }
}
