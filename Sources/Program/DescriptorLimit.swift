import Glibc

/// How many descriptors the process may have open (RLIMIT_NOFILE).
package enum DescriptorLimit {
    /// For what is not a connection of the server: the store's files, folds and backups, the vault,
    /// the log.
    private static let reservedCount = 96

    /// Raises the soft limit to the hard one. Shells and service managers start programs with 1,024
    /// for the sake of select(2), which nothing here uses; a server needs one for each connection.
    static func raise() {
        guard var limit = current else { return }
        limit.rlim_cur = limit.rlim_max
        // Where this is refused, the listener waits whenever descriptors run out.
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Returns how many connections leave enough descriptors for all else; at least 1.
    package static var connectionCountMax: Int {
        guard let limit = current else { return .max }
        return max(1, Int(clamping: limit.rlim_cur) - reservedCount)
    }

    private static var current: rlimit? {
        var limit = rlimit()
        let result = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return result == 0 ? limit : nil
    }
}
