/// A user and a group, as numbers: an image without a base system knows no names.
struct Owner: Equatable {
    let user: UInt32
    let group: UInt32

    /// `uid:gid`.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let user = UInt32(parts[0]), let group = UInt32(parts[1]),
            // All ones mean "leave it as it is" (chown(2)).
            user != .max, group != .max
        else { return nil }
        self.user = user
        self.group = group
    }
}
