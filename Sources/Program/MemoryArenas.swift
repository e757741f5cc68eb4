import CLinux

/// glibc gives each thread that allocates an arena of its own, up to eight for a core, and returns
/// little of what they held: a server's memory grows with its threads and not with its work.
enum MemoryArenas {
    private static let countMax: Int32 = 1

    /// To be called before the first thread is started.
    static func bound() {
        clinux_bound_arenas(countMax)
    }
}
