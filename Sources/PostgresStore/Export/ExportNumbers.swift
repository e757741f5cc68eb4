internal import Storage

/// Converts the numbers of changes of a database to those of a file, which are shorter.
///
/// They stay as they are up to 2³¹. Later ones are lowered by one difference. The oldest changes
/// then share the number 1, and only their order among each other is lost.
struct ExportNumbers: Sendable {
    private static let largest = Int64(1) << 31

    private let lowered: Int64
    /// The number of the last change.
    let newest: UInt32

    init(_ head: StoreHead) {
        lowered = max(0, head.number - Self.largest)
        newest = UInt32(head.number - lowered)
    }

    /// Keeps all numbers as they are, for the rows of a file that was imported.
    init(none: Void) {
        lowered = 0
        newest = .max
    }

    /// Returns the number in a file. 0 stands for no change.
    func callAsFunction(_ number: Int64?) -> UInt32 {
        guard let number, number > 0 else { return 0 }
        return UInt32(clamping: max(1, number - lowered))
    }
}
