/// Which of a user's sessions count: those that carry the user's epoch.
///
/// A number drawn anew, and not one more than before: a store put back from a backup would count on
/// from an older number, and come to one that stolen tokens carry already. Above 0 the password was
/// set here; 0, and below once sessions have been ended, an earlier system has set it.
enum Epoch {
    static let ofEarlierSystem = 0
    /// Every number is exact also for readers of JSON that know only doubles.
    private static let numbers = 1..<(1 << 53)

    /// For a password that is set here and now.
    static func fresh(after old: Int = ofEarlierSystem) -> Int {
        while true {
            let epoch = Int.random(in: numbers)
            if epoch != old { return epoch }
        }
    }

    /// Ends the sessions of `old`, and still tells who has set the password.
    static func ending(_ old: Int) -> Int {
        if !isOfEarlierSystem(old) { return fresh(after: old) }
        // Negated is what is drawn, never what was stored: the least integer has no twin above 0.
        while true {
            let epoch = -fresh()
            if epoch != old { return epoch }
        }
    }

    static func isOfEarlierSystem(_ epoch: Int) -> Bool { epoch <= ofEarlierSystem }
}
