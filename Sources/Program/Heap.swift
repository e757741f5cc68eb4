import CLinux
package import EventLoop
import Glibc

/// Limits the freed memory that glibc's malloc keeps.
package enum Heap {
    /// By default each thread gets an arena, up to eight for a core, and malloc returns little of
    /// them. A server's memory would grow with its threads instead of its work.
    private static let arenaCountMax: Int32 = 1
    /// By default malloc returns 128 KB at the heap's end, and maps a larger block by itself. Each
    /// page of messages would be mapped anew. Malloc's own adaptation reaches 32 and 64 MB and
    /// stays there (mallopt(3)).
    private static let keptBytesMax: Int32 = 8 << 20

    /// Resident memory beyond the used memory, above which `trimPeriodically` returns it.
    private static let unusedBytesMax = 12 << 20
    private static let checkInterval = Duration.seconds(3)

    /// Call it before the first thread starts.
    static func limitArenas() {
        clinux_bound_heap(arenaCountMax, keptBytesMax, keptBytesMax)
    }

    /// Returns free memory to the system. A start calls it, since it used memory only once.
    package static func trim() {
        clinux_trim_heap()
    }

    /// Returns free memory from anywhere in the heap after a peak of load, until it is cancelled.
    /// By itself malloc returns only the heap's free end.
    package static func trimPeriodically(on loop: EventLoop) async {
        var wasLarge = false
        while (try? await loop.sleep(for: checkInterval)) != nil {
            let isLarge = unusedBytes > unusedBytesMax
            // Twice in a row: memory that is free for a moment under load is needed again.
            if isLarge, wasLarge { trim() }
            wasLarge = isLarge
        }
    }

    /// Resident private memory that malloc has not given out.
    private static var unusedBytes: Int { ownResidentBytes - clinux_heap_bytes_used() }

    /// Bytes of resident pages that no file backs; 0 if that cannot be read.
    private static var ownResidentBytes: Int {
        let pages = residentPages
        return (pages.all - pages.ofFiles) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Bytes of all resident pages; 0 if that cannot be read.
    static var residentBytes: Int { residentPages.all * sysconf(Int32(_SC_PAGESIZE)) }

    /// The numbers of resident pages (proc(5), statm).
    private static var residentPages: (all: Int, ofFiles: Int) {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return (0, 0) }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(file, &text, text.count)
        guard count > 0 else { return (0, 0) }
        let pages = text[..<count].split(separator: UInt8(ascii: " ")).prefix(3).map { field in
            field.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
        }
        return pages.count == 3 ? (pages[1], pages[2]) : (0, 0)
    }
}
