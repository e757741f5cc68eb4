/// The integers that every reader of JSON counts exactly (RFC 8259 §6). Beyond them a reader that
/// knows only doubles, such as JavaScript's, takes one number for another.
package enum ExactIntegers {
    /// 2⁵³ − 1.
    package static let max: Int64 = (1 << 53) - 1
    package static let all = -max...max
}
