import Encoding
import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import Storage

/// Photos are stored, named, replaced and removed. At every call of the disk meanwhile the process
/// is killed, or the power goes, in each way it may go.
@Suite struct PhotoCrashTests {
    /// The disk as it was before a call, with what had been promised by then.
    private struct Moment: Sendable {
        let disk: SimulatedDisk.State
        let operation: SimulatedDisk.Operation
        let stored: Set<PhotoID>
    }

    private struct Record: Sendable {
        var moments: [Moment] = []
        /// The photos that were answered as stored, and whose removal has not begun.
        var stored: Set<PhotoID> = []
    }

    @Test func `a stored photo is whole after any crash, and no message names one that is gone`()
        throws
    {
        try onLoop { loop in
            let moments = try await Self.work(loop)
            #expect(moments.count > 30)
            var random = SeededGenerator(seed: UInt64.random(in: 0..<1_000_000))
            for moment in moments {
                for cut in Crash.allCases {
                    let found = SimulatedDisk(moment.disk.after(cut, using: &random))
                    let problem = try await Self.problem(of: found, moment, loop)
                    #expect(problem == nil, "\(cut) at \(moment.operation)")
                    if problem != nil { return }
                }
            }
        }
    }

    /// Returns the moments of the work.
    private static func work(_ loop: EventLoop) async throws -> [Moment] {
        let disk = SimulatedDisk()
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("a", "b\"\n")
        let files = store.photoFiles
        let moments = Moments(disk)
        for number in 1...3 {
            let header = PhotoTests.header(number, bytes: 70_000)
            try await PhotoTests.write(header, to: files)
            if number == 1 { try await PhotoTests.write(header, to: files) }
            moments.stored(header.id)
            if number == 2 { continue }
            try await store.commit(
                .messageAdded(
                    .sample(
                        "m\(number)", from: "a", to: "b\"\n", at: Int64(number),
                        photo: .sample(number))))
        }
        let message = try #require(try await store.message(MessageID("m3")))
        moments.removed(Photo.sample(3).id)
        try await store.commit(.messageDeleted(message.tombstone(at: 9)))
        try await files.remove([Photo.sample(3).id])
        disk.disturb(nil)
        await store.close()
        return moments.all
    }

    /// Records the disk before each call that changes it.
    private final class Moments: Sendable {
        private let state = Mutex(Record())

        init(_ disk: SimulatedDisk) {
            disk.disturb { [unowned disk, unowned self] operation in
                switch operation.call {
                case .open, .openFolder, .list, .read, .length, .lock: break
                case .create, .makeFolder, .removeFolder, .rename, .unlink, .syncFolder, .write,
                    .sync, .truncate:
                    self.note(disk.state.withLock { $0 }, operation)
                }
                return nil
            }
        }

        var all: [Moment] { state.withLock { $0.moments } }

        func stored(_ id: PhotoID) { _ = state.withLock { $0.stored.insert(id) } }
        func removed(_ id: PhotoID) { _ = state.withLock { $0.stored.remove(id) } }

        private func note(_ disk: SimulatedDisk.State, _ operation: SimulatedDisk.Operation) {
            state.withLock { state in
                state.moments.append(
                    Moment(disk: disk, operation: operation, stored: state.stored))
            }
        }
    }

    private static func problem(
        of disk: SimulatedDisk, _ moment: Moment, _ loop: EventLoop
    ) async throws -> String? {
        let store = try await JSONStore.open(disk, loop)
        let found = try await store.photoFiles.load()
        let named = await store.namedPhotos()
        await store.close()
        if let fault = found.faults.first { return "\(fault)" }
        let folder = PhotoFolder(of: Folder(path: "/data", disk: disk))
        for id in moment.stored.union(named) where try folder.verify(id) == nil {
            return "\(id) is gone"
        }
        return disk.files.contains { $0.hasSuffix(".tmp") } ? "left behind: \(disk.files)" : nil
    }
}
