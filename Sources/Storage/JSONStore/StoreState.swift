/// Whether the store takes changes.
package enum StoreState: Sendable, Equatable {
    case open
    /// The disk failed: reads go on, changes are refused until the process starts again.
    case readOnly(why: String)
}
