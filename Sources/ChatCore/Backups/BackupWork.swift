import Encoding
import EventLoop
import Glibc
import Logging
import Program
import Storage

/// Makes backups, through the server that runs on the data folder or of a stopped store.
struct BackupWork: Sendable {
    private static let retryPause = Duration.seconds(900)

    let place: ServerPlace
    /// Nil where copies are not checked.
    let check: ContentCheck?
    let loop: EventLoop
    let logger: Logger

    /// Makes one copy, and checks it.
    func copy(to destination: String) async throws {
        let bytes = try await backUp(to: destination)
        Output.line("\(destination) holds the store: \(counted(bytes, "byte"))")
        guard let check else { return }
        do { try await run(check, on: destination) } catch {
            try? await note("failed", of: destination)
            throw error
        }
        try await note("passed", of: destination)
    }

    private func note(_ result: String, of destination: String) async throws {
        _ = try await ControlClient(place, loop: loop).post(NoteBackupCheck.target) {
            $0.field("destination", destination)
            $0.field("result", result)
        }
    }

    /// Makes the newest copy of a series. The oldest go only once it is whole and checked.
    func add(to series: BackupSeries, keeping count: Int) async throws {
        guard mkdir(series.folder, 0o700) == 0 || errno == EEXIST else {
            throw StartFailure.last("make", series.folder)
        }
        let name = BackupSeries.name(at: WallClock.seconds)
        do { try await copy(to: "\(series.folder)/\(name)") } catch {
            if access("\(series.folder)/\(name)/db.json", F_OK) == 0 { try series.setAside(name) }
            throw error
        }
        for name in try series.rotate(keeping: count) {
            Output.line("\(series.folder)/\(name) is deleted")
        }
    }

    /// Makes a copy whenever the newest is so old, until a signal ends the process. One that fails
    /// is tried again, and the log says why.
    func `repeat`(in series: BackupSeries, keeping count: Int, hours: Int) async throws {
        let interval = Int64(hours) * 3600
        while true {
            let wait = try series.age(at: WallClock.seconds).map { interval - $0 } ?? 0
            if wait > 0 {
                try await loop.sleep(for: .seconds(wait))
                continue
            }
            do {
                try await add(to: series, keeping: count)
                // The output may be a pipe, which is else written at the end.
                fflush(nil)
            } catch {
                logger.error("\(error)")
                try await loop.sleep(for: Self.retryPause)
            }
        }
    }

    private func backUp(to destination: String) async throws(StartFailure) -> Int64 {
        let answer = try await ControlClient(place, loop: loop).post(BackUpStore.target) {
            $0.field("destination", destination)
        }
        if let answer { return answer["bytes"]?.integer ?? 0 }
        do throws(BackupFault) {
            return try StoreFolder(place.data).backup(to: destination).bytes
        } catch {
            switch error {
            case .destination: throw StartFailure(error.description)
            case .store(let fault): throw StartFailure(fault, data: place.data)
            }
        }
    }

    private func run(_ check: ContentCheck, on backup: String) async throws {
        let photos: PhotoReport
        do { photos = try StoreFolder(backup).verify().photos } catch {
            throw StartFailure(error, data: backup)
        }
        guard photos.isSound else {
            throw StartFailure(
                "\(backup): \(counted(photos.missing.count, "photo")) missing, "
                    + "\(counted(photos.damaged.count, "photo")) damaged. Keep an older backup")
        }
        let outcome = try await check.run(on: backup)
        let bad = outcome.notAuthentic + outcome.retired
        guard bad == 0 else {
            throw StartFailure(
                "\(backup): \(counted(outcome.notAuthentic, "content")) would not open, "
                    + "\(counted(outcome.retired, "content")) stand under keys that Cipher does "
                    + "not hold; \(outcome.opened) opened. Keep an older backup")
        }
        Output.line("Cipher opened all of it: \(counted(outcome.opened, "content"))")
    }
}

extension BackupSeries {
    /// Returns the age of the newest backup in seconds by the time of its `db.json`. Nil
    /// if there is none. A clock that was set back makes it 0.
    func age(at seconds: Int64) throws(StartFailure) -> Int64? {
        guard let newest = try names().last else { return nil }
        var status = stat()
        guard stat("\(folder)/\(newest)/db.json", &status) == 0 else { return nil }
        return max(0, seconds - Int64(status.st_ctim.tv_sec))
    }
}
