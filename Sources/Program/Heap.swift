import CLinux
package import EventLoop
import Glibc

/// What glibc's malloc keeps of what was freed.
package enum Heap {
    /// It gives each thread that allocates an arena of its own, up to eight for a core, and returns
    /// little of what they held: a server's memory grows with its threads and not with its work.
    private static let arenaCountMax: Int32 = 1
    /// Left to itself it hands back what is free at the end of the heap when that is 128 KB, and
    /// maps a larger block by itself: the room for a page of messages was got anew each time. What
    /// it learns from larger blocks goes up to 32 and 64 MB, and stays (mallopt(3)).
    private static let keptBytesMax: Int32 = 8 << 20

    /// How much may be resident beyond what is in use before it is given back.
    private static let unusedBytesMax = 12 << 20
    private static let lookInterval = Duration.seconds(3)

    /// To be called before the first thread is started.
    static func bound() {
        clinux_bound_heap(arenaCountMax, keptBytesMax, keptBytesMax)
    }

    /// Gives back what is free. For after a start, which needs room that nobody needs again.
    package static func trim() {
        clinux_trim_heap()
    }

    /// Gives back what is free, wherever it lies in the heap, once a peak of load is over. Until it
    /// is cancelled. By itself malloc gives back only what is free at the heap's end.
    package static func tend(on loop: EventLoop) async {
        var wasLarge = false
        while (try? await loop.sleep(for: lookInterval)) != nil {
            let isLarge = unusedBytes > unusedBytesMax
            // Seen twice: what is free for a moment under load is needed again at once.
            if isLarge, wasLarge { trim() }
            wasLarge = isLarge
        }
    }

    /// Memory of the process's own that is resident and holds nothing.
    private static var unusedBytes: Int { ownResidentBytes - clinux_heap_bytes_used() }

    /// Bytes of resident pages that no file backs (proc(5), statm); 0 where that cannot be read.
    private static var ownResidentBytes: Int {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(file, &text, text.count)
        guard count > 0 else { return 0 }
        let pages = text[..<count].split(separator: UInt8(ascii: " ")).prefix(3).map { field in
            field.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
        }
        guard pages.count == 3 else { return 0 }
        return (pages[1] - pages[2]) * sysconf(Int32(_SC_PAGESIZE))
    }
}
