import Glibc

/// What a crash leaves behind: nothing of what was in memory, which is keys and messages.
enum CrashRemains {
    /// No core file, and none of what Swift's runtime prints about a crash: it shows registers and
    /// the memory they point to. Whoever sets `SWIFT_BACKTRACE` asks for that.
    static func forbid() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        emptyCore()
        if environment("SWIFT_BACKTRACE") != nil { return }
        for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
            signal(number, SIG_DFL)
        }
    }

    /// A core piped to a program knows no limit; it holds no memory from now on (core(5)).
    private static func emptyCore() {
        let descriptor = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = write(descriptor, "0", 1)
    }
}
