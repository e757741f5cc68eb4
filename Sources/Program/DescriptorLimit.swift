import Glibc

/// How many descriptors the process may have open (RLIMIT_NOFILE).
enum DescriptorLimit {
    /// Raises the soft limit to the hard one. Shells and service managers start programs with 1,024
    /// for the sake of select(2), which nothing here uses; a server needs one for each connection.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where this is refused, the listener waits whenever descriptors run out.
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
