/// A request target taken apart (RFC 9112 §3.2). Ranges point into the head it stands in.
struct Target: Sendable {
    let path: String
    /// Where the path stands, if it holds escapes and `path` is therefore another text.
    let escapedPath: Range<Int>?
    /// Without its "?"; empty where there is none.
    let query: Range<Int>
    /// Of the absolute and authority forms; it wins over Host (RFC 9112 §3.2.2).
    let authority: Range<Int>?
}
