import EventLoop
import Glibc
import Storage
import Synchronization

final class SimulatedFile: DiskFile {
    private let disk: SimulatedDisk
    private let node: Int
    private let path: String

    init(_ disk: SimulatedDisk, _ node: Int, _ path: String) {
        self.disk = disk
        self.node = node
        self.path = path
    }

    deinit {
        disk.state.withLock { state in
            state.nodes[node].isLocked = false
            state.openCount -= 1
        }
    }

    func read(
        into bytes: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int {
        let most = try disk.begin(.read, path)
        return copy(into: bytes, at: Int(offset), most: most)
    }

    func readCached(into bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int? {
        if disk.state.withLock({ $0.isCold }) { return nil }
        return copy(into: bytes, at: Int(offset), most: .max)
    }

    private func copy(
        into bytes: UnsafeMutableRawBufferPointer, at offset: Int, most: Int
    ) -> Int {
        let content = disk.state.withLock { $0.nodes[node].content }
        let count = min(bytes.count, most, max(0, content.count - offset))
        if count > 0 { bytes.copyBytes(from: content[offset..<(offset + count)]) }
        return count
    }

    func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int {
        let most = try disk.begin(.write, path)
        let written = Array(bytes.prefix(most))
        disk.state.withLock { state in
            state.nodes[node].edit(.write(written, at: Int(offset)))
            state.bytesWritten += written.count
        }
        return written.count
    }

    func sync() throws(SystemCallError) {
        try disk.begin(.sync, path)
        disk.state.withLock { $0.nodes[node].confirm() }
    }

    func truncate(to length: Int64) throws(SystemCallError) {
        try disk.begin(.truncate, path)
        disk.state.withLock { $0.nodes[node].edit(.truncate(to: Int(length))) }
    }

    func length() throws(SystemCallError) -> Int64 {
        try disk.begin(.length, path)
        return disk.state.withLock { Int64($0.nodes[node].content.count) }
    }

    func identity() throws(SystemCallError) -> FileIdentity {
        try disk.begin(.length, path)
        return disk.state.withLock { state in
            FileIdentity(
                number: UInt64(node), changedAt: Int64(state.nodes[node].editCount),
                length: Int64(state.nodes[node].content.count))
        }
    }

    func lock() throws(SystemCallError) -> Bool {
        try disk.begin(.lock, path)
        return disk.state.withLock { state in
            if state.nodes[node].isLocked { return false }
            state.nodes[node].isLocked = true
            return true
        }
    }
}
