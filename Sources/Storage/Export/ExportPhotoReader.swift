import Synchronization
internal import EventLoop

/// Reads the photos of a file of `store export`, one at a time, on a thread of its own. Memory
/// holds one chunk.
package final class ExportPhotoReader: Sendable {
    private struct State {
        /// The number of photos that follow, and the offset of the next one.
        var count: Int
        var offset: Int64
    }

    private let photos: ExportedPhotos
    private let threads = DiskThreads()
    private let state: Mutex<State>

    private init(_ photos: ExportedPhotos) throws(StorageFault) {
        self.photos = photos
        let (count, offset) = try photos.count()
        state = Mutex(State(count: count, offset: offset))
    }

    deinit { threads.stop() }

    /// - Parameter summary: The findings of `ExportReader.check` about the file.
    package static func open(
        _ path: String, _ summary: ExportSummary
    ) async throws(StorageFault) -> ExportPhotoReader {
        let threads = DiskThreads()
        defer { threads.stop() }
        return try await threads.background.perform { () throws(StorageFault) in
            try ExportPhotoReader(
                ExportedPhotos(
                    file: try ExportFile(path).open(), start: summary.recordBytes, path: path))
        }
    }

    /// Returns the next photo, whose checksum fits, or nil at the end.
    package func next() async throws(StorageFault) -> PhotoFile? {
        try await threads.background.perform { [self] () throws(StorageFault) in
            let state = state.withLock { $0 }
            guard state.count > 0 else { return nil }
            let photo = try PhotoFile(photos.file, at: state.offset, path: photos.path)
            try photo.verify()
            self.state.withLock { now in
                now.count -= 1
                now.offset += photo.header.fileBytes
            }
            return photo
        }
    }

    package func chunk(
        _ number: Int, of photo: PhotoFile
    ) async throws(StorageFault) -> [UInt8] {
        try await threads.background.perform { () throws(StorageFault) in
            try photo.chunk(number)
        }
    }
}
