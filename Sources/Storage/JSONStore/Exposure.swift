internal import EventLoop
internal import Glibc

/// A file of the store that others could read: one that was copied back brings its own mode along.
struct Exposure: Sendable {
    let path: String
    /// Why they still can; nil where the file has been closed to them.
    let fault: SystemCallError?

    /// Closes to others what stands in the folder.
    static func end(in folder: Folder, segments: [Int]) -> [Exposure] {
        let paths = [folder.snapshot, folder.original, folder.lock] + segments.map(folder.segment)
        return paths.compactMap { path in
            do throws(SystemCallError) {
                return try folder.disk.restrictFile(path) ? Exposure(path: path, fault: nil) : nil
            } catch {
                return error.number == ENOENT ? nil : Exposure(path: path, fault: error)
            }
        }
    }
}
