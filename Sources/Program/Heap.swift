import CLinux

/// What glibc's malloc keeps of what was freed.
package enum Heap {
    /// It gives each thread that allocates an arena of its own, up to eight for a core, and returns
    /// little of what they held: a server's memory grows with its threads and not with its work.
    private static let arenaCountMax: Int32 = 1
    /// Left to itself it hands back what is free at the end of the heap when that is 128 KB, and
    /// maps a larger block by itself: the room for a page of messages was got anew each time. What
    /// it learns from larger blocks goes up to 32 and 64 MB, and stays (mallopt(3)).
    private static let keptBytesMax: Int32 = 8 << 20

    /// To be called before the first thread is started.
    static func bound() {
        clinux_bound_heap(arenaCountMax, keptBytesMax, keptBytesMax)
    }

    /// Gives back what is free. For after a start, which needs room that nobody needs again.
    package static func trim() {
        clinux_trim_heap()
    }
}
