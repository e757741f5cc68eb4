import EventLoop
import Glibc
import Storage
import Synchronization

/// A disk in memory that remembers what has been confirmed, so that tests can cut its power at any
/// call, and that fails on demand.
final class SimulatedDisk: Disk {
    enum Call: String, Sendable {
        case open, create, list, makeFolder, removeFolder, rename, unlink, openFolder, syncFolder
        case read, write, sync, truncate, length, lock
    }

    /// A call that is about to happen.
    struct Operation: Sendable {
        let call: Call
        let path: String
        /// The number of earlier calls that change something.
        let number: Int
    }

    /// A fault that a test injects into a call.
    enum Disturbance: Sendable {
        case fail(Int32)
        /// A read or write carries out this much at most.
        case short(Int)
        /// This and all further calls fail, and nothing of them happens.
        case powerCut
    }

    typealias Disturb = @Sendable (Operation) -> Disturbance?

    struct Node: Sendable {
        var content: [UInt8] = []
        var confirmed: [UInt8] = []
        /// Writes and truncations since the last confirmation.
        var pending: [Edit] = []
        var isLocked = false
        /// Stands for the time of the last change. A sync makes it durable only along with another
        /// length, as fdatasync(2) may.
        var editCount = 0
        var confirmedEditCount = 0
    }

    enum Edit: Sendable {
        case write([UInt8], at: Int)
        case truncate(to: Int)
    }

    enum NameEdit: Sendable {
        case set(String, Int)
        case remove(String)
        case rename(String, to: String, Int)
    }

    struct State: Sendable {
        var nodes: [Node] = []
        var names: [String: Int] = [:]
        var confirmedNames: [String: Int] = [:]
        var pendingNames: [NameEdit] = []
        var folders: Set<String> = []
        var counts: [Call: Int] = [:]
        var changeCount = 0
        var bytesWritten = 0
        var openCount = 0
        var hasPower = true
        var disturb: Disturb?
        var isCold = false
    }

    let state = Mutex(State())

    /// Decides about every call from now on. Runs on the thread of the call, and may make it wait.
    func disturb(_ disturb: Disturb?) { state.withLock { $0.disturb = disturb } }
    /// Whether reads that must not wait find nothing.
    func setCold(_ isCold: Bool) { state.withLock { $0.isCold = isCold } }
    func count(_ call: Call) -> Int { state.withLock { $0.counts[call, default: 0] } }
    var bytesWritten: Int { state.withLock { $0.bytesWritten } }
    /// The number of open files.
    var openCount: Int { state.withLock { $0.openCount } }
    var changeCount: Int { state.withLock { $0.changeCount } }

    var files: [String] { state.withLock { $0.names.keys.sorted() } }

    func content(_ path: String) -> [UInt8]? {
        state.withLock { state in state.names[path].map { state.nodes[$0].content } }
    }

    func setContent(_ path: String, _ content: [UInt8]) {
        state.withLock { state in
            state.nodes.append(Node(content: content, confirmed: content))
            state.names[path] = state.nodes.count - 1
            state.confirmedNames[path] = state.nodes.count - 1
        }
    }

    /// Changes a file where it lies, so that whoever has it open meets the new content.
    func overwrite(_ path: String, _ content: [UInt8]) {
        state.withLock { state in
            guard let node = state.names[path] else { return }
            state.nodes[node] = Node(
                content: content, confirmed: content, isLocked: state.nodes[node].isLocked,
                editCount: state.nodes[node].editCount + 1)
        }
    }

    func remove(_ path: String) {
        state.withLock { state in
            state.names[path] = nil
            state.confirmedNames[path] = nil
        }
    }

    // MARK: Disk

    /// Every copy is on another file system.
    func link(_ path: String, to newPath: String) throws(SystemCallError) {
        throw SystemCallError("link", number: EXDEV)
    }

    func open(_ path: String, _ mode: OpenMode) throws(SystemCallError) -> any DiskFile {
        switch mode {
        case .reading, .writing: try begin(.open, path)
        case .creating, .replacing: try begin(.create, path)
        }
        let result = state.withLock { state -> Int? in
            if let node = state.names[path] {
                if case .replacing = mode { state.nodes[node].edit(.truncate(to: 0)) }
                return node
            }
            switch mode {
            case .reading, .writing: return nil
            case .creating, .replacing:
                guard state.folders.contains(Self.folder(of: path)) else { return nil }
            }
            state.nodes.append(Node())
            state.names[path] = state.nodes.count - 1
            state.pendingNames.append(.set(path, state.nodes.count - 1))
            return state.nodes.count - 1
        }
        guard let result else { throw SystemCallError("open", number: ENOENT) }
        state.withLock { $0.openCount += 1 }
        return SimulatedFile(self, result, path)
    }

    func list(_ folder: String) throws(SystemCallError) -> [String] {
        try begin(.list, folder)
        guard state.withLock({ $0.folders.contains(folder) }) else {
            throw SystemCallError("opendir", number: ENOENT)
        }
        return state.withLock { state in
            state.names.keys.filter { Self.folder(of: $0) == folder }
                .map { String($0.dropFirst(folder.count + 1)) }
        }
    }

    func makeFolder(_ path: String) throws(SystemCallError) {
        try begin(.makeFolder, path)
        let isNew = state.withLock { $0.folders.insert(path).inserted }
        guard isNew else { throw SystemCallError("mkdir", number: EEXIST) }
    }

    func restrictFolder(_ path: String) throws(SystemCallError) {}
    func restrictFile(_ path: String) throws(SystemCallError) -> Bool { false }

    func removeFolder(_ path: String) throws(SystemCallError) {
        try begin(.removeFolder, path)
        _ = state.withLock { $0.folders.remove(path) }
    }

    func rename(_ path: String, to newPath: String) throws(SystemCallError) {
        try begin(.rename, path)
        state.withLock { state in
            guard let node = state.names.removeValue(forKey: path) else { return }
            state.names[newPath] = node
            state.pendingNames.append(.rename(path, to: newPath, node))
        }
    }

    func unlink(_ path: String) throws(SystemCallError) {
        try begin(.unlink, path)
        let wasThere = state.withLock { state in
            state.pendingNames.append(.remove(path))
            return state.names.removeValue(forKey: path) != nil
        }
        guard wasThere else { throw SystemCallError("unlink", number: ENOENT) }
    }

    func openFolder(_ path: String) throws(SystemCallError) -> any DiskFolder {
        try begin(.openFolder, path)
        return SimulatedFolder(self, path)
    }

    /// Counts a call and asks whether it is disturbed; returns how much it may carry out.
    @discardableResult
    func begin(_ call: Call, _ path: String) throws(SystemCallError) -> Int {
        let (disturb, operation) = state.withLock { state in
            state.counts[call, default: 0] += 1
            let operation = Operation(call: call, path: path, number: state.changeCount)
            switch call {
            case .create, .rename, .unlink, .syncFolder, .write, .sync, .truncate, .makeFolder,
                .removeFolder:
                state.changeCount += 1
            case .open, .openFolder, .list, .read, .length, .lock: break
            }
            return (state.disturb, operation)
        }
        let disturbance = disturb?(operation)
        if case .powerCut? = disturbance { state.withLock { $0.hasPower = false } }
        guard state.withLock({ $0.hasPower }) else {
            throw SystemCallError(call.name, number: EIO)
        }
        switch disturbance {
        case .fail(let number)?: throw SystemCallError(call.name, number: number)
        case .short(let count)?: return count
        case .powerCut?, nil: return .max
        }
    }

    static func folder(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}

extension SimulatedDisk.Call {
    /// As the system's call of that kind is named in an error.
    fileprivate var name: StaticString {
        switch self {
        case .sync: "fdatasync"
        case .syncFolder: "fsync"
        default: "simulated"
        }
    }
}

private final class SimulatedFolder: DiskFolder {
    private let disk: SimulatedDisk
    private let path: String

    init(_ disk: SimulatedDisk, _ path: String) {
        self.disk = disk
        self.path = path
    }

    func sync() throws(SystemCallError) {
        try disk.begin(.syncFolder, path)
        disk.state.withLock { state in
            state.confirmedNames = state.names
            state.pendingNames = []
        }
    }
}

extension SimulatedDisk.Node {
    mutating func edit(_ edit: SimulatedDisk.Edit) {
        Self.apply(edit, to: &content)
        pending.append(edit)
        editCount += 1
    }

    mutating func confirm() {
        if content.count != confirmed.count { confirmedEditCount = editCount }
        confirmed = content
        pending = []
    }

    static func apply(_ edit: SimulatedDisk.Edit, to content: inout [UInt8]) {
        switch edit {
        case .truncate(let length):
            if length < content.count { content.removeLast(content.count - length) }
            content.append(contentsOf: repeatElement(0, count: length - content.count))
        case .write(let bytes, let offset):
            let end = offset + bytes.count
            if content.count < end {
                content.append(contentsOf: repeatElement(0, count: end - content.count))
            }
            content.replaceSubrange(offset..<end, with: bytes)
        }
    }
}
