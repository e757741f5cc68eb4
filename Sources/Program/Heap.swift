import CLinux

/// What glibc's malloc keeps of what was freed.
enum Heap {
    /// It gives each thread that allocates an arena of its own, up to eight for a core, and returns
    /// little of what they held: a server's memory grows with its threads and not with its work.
    private static let arenaCountMax: Int32 = 1
    /// Left to itself it hands the end of the heap back whenever 128 KB are free there, and a batch
    /// of messages that needs as much gets it page by page again: a tenth of Cipher's time. With a
    /// threshold that is given malloc moves no other by itself: a piece of 128 KB or more is mapped
    /// on its own and goes back as soon as it is freed (mallopt(3)).
    private static let freeBytesMax: Int32 = 1 << 20

    /// To be called before the first thread is started.
    static func bound() {
        clinux_bound_heap(arenaCountMax, freeBytesMax)
    }
}
