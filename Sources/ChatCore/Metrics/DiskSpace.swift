import EventLoop
import Glibc

/// Asks how much room the disk of a folder has. A thread asks, because some file systems answer
/// slowly.
struct DiskSpace: Sendable {
    struct Room: Sendable {
        let all: Int
        let free: Int
    }

    let folder: String
    let worker: WorkerPool

    /// Returns nil if the system does not tell, or the thread is busy.
    func measure() async -> Room? {
        try? await worker.run { [folder] in
            var system = statvfs()
            guard statvfs(folder, &system) == 0 else { throw Unknown() }
            let unit = UInt(system.f_frsize)
            return Room(
                all: Int(clamping: UInt(system.f_blocks) * unit),
                free: Int(clamping: UInt(system.f_bavail) * unit))
        }
    }

    private struct Unknown: Error {}
}
