/// Which of a user's sessions count: those that carry the user's epoch.
///
/// A number drawn anew, and not one more than before: a store put back from a backup would count on
/// from an older number, and come to one that stolen tokens carry already. 0 is a password that an
/// earlier system has set.
enum Epoch {
    static let ofEarlierSystem = 0
    /// Every number is exact also for readers of JSON that know only doubles.
    private static let numbers = 1..<(1 << 53)

    static func fresh(after old: Int = ofEarlierSystem) -> Int {
        while true {
            let epoch = Int.random(in: numbers)
            if epoch != old { return epoch }
        }
    }
}
