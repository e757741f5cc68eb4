internal import Encoding
internal import EventLoop
import Synchronization

/// The photos' files of a store that is open. A thread of its own waits for the disk, so that no
/// photo delays a send or a read.
final class PhotoFiles: Sendable {
    private static let waitingMax = 4096

    private let folder: PhotoFolder
    private let worker = WorkerPool(threads: 1, waitingMax: waitingMax)
    private let drafts = Atomic(0)
    private let kept = Mutex(Kept())

    /// The photos that go once the backups under way have ended.
    private struct Kept {
        var backupCount = 0
        var removed: Set<PhotoID> = []
    }

    init(_ folder: Folder) {
        self.folder = PhotoFolder(of: folder)
    }

    deinit { worker.stop() }

    /// Returns the headers of all photos, and what cannot be read. It removes what interrupted
    /// writes have left.
    func load() async throws(StorageFault) -> (
        photos: [PhotoHeader], faults: [StorageFault]
    ) {
        try await worker.perform { [folder] () throws(StorageFault) in
            var photos: [PhotoHeader] = []
            var faults: [StorageFault] = []
            let found: (photos: [PhotoID], leftovers: [String])
            do { found = try folder.list() } catch { throw StorageFault(reading: error) }
            for name in found.leftovers {
                try? folder.disk.unlinkIfThere("\(folder.path)/\(name)")
            }
            for id in found.photos {
                do throws(StorageFault) {
                    if let file = try folder.open(id) { photos.append(file.header) }
                } catch { faults.append(error) }
            }
            return (photos, faults)
        }
    }

    /// Returns the ids of all files.
    func ids() async throws(StorageFault) -> [PhotoID] {
        try await worker.perform { [folder] () throws(StorageFault) in
            do { return try folder.list().photos } catch { throw StorageFault(reading: error) }
        }
    }

    /// Begins a file. Nothing shows of it before `PhotoFileUpload.finish`.
    func begin(_ header: PhotoHeader) async throws(StorageFault) -> PhotoFileUpload {
        let number = drafts.add(1, ordering: .relaxed).newValue
        return try await worker.perform { [self] () throws(StorageFault) in
            PhotoFileUpload(try PhotoDraft(header, number: number, in: folder), self)
        }
    }

    /// Opens a photo to read it. Returns nil if there is no file.
    func open(_ id: PhotoID) async throws(StorageFault) -> PhotoFileReading? {
        try await worker.perform { [self] () throws(StorageFault) in
            try folder.open(id).map { PhotoFileReading($0, self) }
        }
    }

    func remove(_ ids: [PhotoID]) async throws(StorageFault) {
        let isKept = kept.withLock { kept in
            if kept.backupCount > 0 { kept.removed.formUnion(ids) }
            return kept.backupCount > 0
        }
        if isKept { return }
        try await worker.perform { [folder] () throws(StorageFault) in
            for id in ids { try folder.remove(id) }
        }
    }

    /// Keeps the files of photos that are removed, until `removeKept`. A backup copies the records
    /// of one moment, and finds every photo that they name.
    func keepRemoved() { kept.withLock { $0.backupCount += 1 } }

    func removeKept() async {
        let ids = kept.withLock { kept in
            kept.backupCount -= 1
            guard kept.backupCount == 0 else { return [PhotoID]() }
            defer { kept.removed = [] }
            return Array(kept.removed)
        }
        // The next start finds what could not be removed: no message names it.
        if !ids.isEmpty { try? await remove(ids) }
    }

    /// A photo that has its name again stays.
    fileprivate func keep(_ id: PhotoID) { _ = kept.withLock { $0.removed.remove(id) } }

    fileprivate func perform<T: Sendable>(
        _ work: @escaping @Sendable () throws(StorageFault) -> T
    ) async throws(StorageFault) -> T {
        try await worker.perform(work)
    }
}

/// A photo that is being written, chunk after chunk.
final class PhotoFileUpload: Sendable {
    private let draft: PhotoDraft
    private let files: PhotoFiles
    private let checksum: Mutex<(CRC32C, next: Int)>

    fileprivate init(_ draft: PhotoDraft, _ files: PhotoFiles) {
        self.draft = draft
        self.files = files
        var checksum = CRC32C()
        checksum.update(draft.header.line.span)
        self.checksum = Mutex((checksum, next: 0))
    }

    var header: PhotoHeader { draft.header }

    /// Writes the next sealed chunk.
    func append(_ sealed: [UInt8]) async throws(StorageFault) {
        let number = checksum.withLock { state in
            state.0.update(sealed.span)
            state.next += 1
            return state.next - 1
        }
        try await files.perform { [draft] () throws(StorageFault) in
            try draft.write(sealed, chunk: number)
        }
    }

    /// Makes the photo durable under its name, in place of one of the same id.
    func finish() async throws(StorageFault) {
        let state = checksum.withLock { $0 }
        precondition(state.next == header.chunkCount, "all chunks are written")
        files.keep(header.id)
        try await files.perform { [draft] () throws(StorageFault) in try draft.finish(state.0) }
    }

    /// Removes what was written.
    func abandon() async {
        _ = try? await files.perform { [draft] () throws(StorageFault) in draft.abandon() }
    }
}

/// A photo that is being read.
final class PhotoFileReading: PhotoReading {
    private let file: PhotoFile
    private let files: PhotoFiles

    fileprivate init(_ file: PhotoFile, _ files: PhotoFiles) {
        self.file = file
        self.files = files
    }

    package var header: PhotoHeader { file.header }

    /// Returns a sealed chunk.
    package func chunk(_ number: Int) async throws(StorageFault) -> [UInt8] {
        try await files.perform { [file] () throws(StorageFault) in try file.chunk(number) }
    }
}
