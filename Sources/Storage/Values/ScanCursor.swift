/// Where a scan of all messages goes on. What it holds, only the store knows that made it.
package struct ScanCursor: Sendable, Equatable {
    package let place: Int64

    package init(_ place: Int64) {
        self.place = place
    }
}
