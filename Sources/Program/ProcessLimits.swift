import CLinux
import Glibc

/// The number of descriptors that the process may have open (RLIMIT_NOFILE).
package enum DescriptorLimit {
    /// Descriptors kept for all but the server's connections: the store's files, folds and backups,
    /// the vault, the log.
    private static let reservedCount = 96

    /// Raises the soft limit to the hard one. Shells and service managers start programs with 1,024
    /// for the sake of select(2), which nothing here uses; a server needs one for each connection.
    static func raise() {
        guard var limit = current else { return }
        limit.rlim_cur = limit.rlim_max
        // If this is refused, the listener waits whenever descriptors run out.
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// The number of connections that leaves enough descriptors for all else; at least 1.
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

/// Copies of memory that a crash would leave behind. Memory holds keys and messages.
enum CoreDumps {
    /// Turns off core files, and the report of Swift's runtime, which shows registers and the
    /// memory they point to. Keeps debuggers of the same user away, too. An operator who sets
    /// `SWIFT_BACKTRACE` gets both.
    static func disable() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        emptyCore()
        if environment("SWIFT_BACKTRACE") != nil { return }
        clinux_deny_dumps()
        for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
            signal(number, SIG_DFL)
        }
    }

    /// Leaves all memory out of a core that is piped to a program, which no limit stops (core(5)).
    private static func emptyCore() {
        let descriptor = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = write(descriptor, "0", 1)
    }
}
