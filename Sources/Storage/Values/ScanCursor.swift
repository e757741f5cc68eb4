/// The point at which a scan of all messages continues. Only the store that made it can read it.
package struct ScanCursor: Sendable, Equatable {
    package let place: Int64

    package init(_ place: Int64) {
        self.place = place
    }
}
