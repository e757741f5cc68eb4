/// The epoch of a user's valid sessions.
///
/// An epoch is random and not a counter. A store restored from a backup would continue an older
/// counter, and reach a value that stolen tokens carry. An epoch above 0 means that this system set
/// the password. An earlier system set it if the epoch is 0, or negative after its sessions were
/// ended.
enum Epoch {
    static let ofEarlierSystem = 0
    /// The values of new epochs. Every JSON reader reads them exactly, even one that knows only
    /// doubles.
    private static let numbers = 1..<(1 << 53)

    /// Returns an epoch for a password that this system sets.
    static func fresh(after old: Int = ofEarlierSystem) -> Int {
        while true {
            let epoch = Int.random(in: numbers)
            if epoch != old { return epoch }
        }
    }

    /// Returns an epoch that ends the sessions of `old`. Its sign still tells which system set the
    /// password.
    static func ending(_ old: Int) -> Int {
        if !isOfEarlierSystem(old) { return fresh(after: old) }
        // The new value is negated, and not the stored one, because the least integer has no
        // positive counterpart.
        while true {
            let epoch = -fresh()
            if epoch != old { return epoch }
        }
    }

    static func isOfEarlierSystem(_ epoch: Int) -> Bool { epoch <= ofEarlierSystem }
}
