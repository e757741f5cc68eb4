import EventLoop
import Glibc
import Logging
import Program
import RateLimit
import Synchronization

/// The audit trail in files of its own, beside the log.
///
/// Lines are gathered in memory and written by a thread of its own, so that no request waits for
/// the disk; they are not synced one by one. While the disk takes none, they wait here, and the log
/// says so once a minute; the service goes on.
final class AuditTrail: Sendable {
    private struct Waiting {
        var lines: [UInt8] = []
        var lostCount = 0
    }

    /// What waits for the disk at most. Later lines are lost, and counted.
    private static let waitingBytesMax = 256 << 10
    private static let retryPause = Duration.seconds(5)
    private static let pruneInterval = Duration.seconds(86_400)

    private let files: AuditFiles
    private let loop: EventLoop
    private let log: RateLimitedLog
    private let waiting = Mutex(Waiting())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    /// Blocks while it looks whether the file can be written. A full or read-only disk stops no
    /// start; a path that can never be the trail's does.
    ///
    /// - Parameter log: Hears of what goes wrong.
    init(_ files: AuditFiles, loop: EventLoop, log: RateLimitedLog) throws(StartFailure) {
        self.files = files
        self.loop = loop
        self.log = log
        (arrivals, arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        do throws(AuditFault) {
            _ = try files.append([])
            tell(surplus: try files.prune(at: WallClock.seconds))
        } catch {
            guard error.meansFull else { throw StartFailure("\(error)") }
            tell(error)
        }
    }

    /// A logger whose lines are the trail's.
    func logger(label: String) -> Logger {
        Logger(label: label) { label in
            LineLog(label: label, level: .info) { [self] line in add(line) }
        }
    }

    /// Writes what arrives until it is cancelled, and removes old files.
    func run() async {
        let thread = WorkerPool(threads: 1, waitingMax: 2)
        defer { thread.stop() }
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) { [self] in
                while true {
                    do { try await loop.sleep(for: Self.pruneInterval) } catch { return }
                    await prune(on: thread)
                }
            }
            for await _ in arrivals {
                if await writeWaiting(on: thread) { continue }
                do { try await loop.sleep(for: Self.retryPause) } catch { break }
                arrival.yield()
            }
            group.cancelAll()
        }
    }

    /// Writes what is left. Blocks: for the end of the process.
    func finish() {
        let lines = takeWaiting()
        if lines.isEmpty { return }
        do throws(AuditFault) { _ = try files.append(lines) } catch { tell(error) }
    }

    private func add(_ line: [UInt8]) {
        waiting.withLock { waiting in
            if waiting.lines.count + line.count <= Self.waitingBytesMax {
                waiting.lines += line
            } else {
                waiting.lostCount += 1
            }
        }
        arrival.yield()
    }

    private func takeWaiting() -> [UInt8] {
        let taken = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting
        }
        if taken.lostCount > 0 {
            log.log(
                .error, "lines of the audit trail are lost",
                metadata: ["count": "\(taken.lostCount)"])
        }
        return taken.lines
    }

    /// Returns whether nothing waits any longer.
    private func writeWaiting(on thread: WorkerPool) async -> Bool {
        let lines = takeWaiting()
        if lines.isEmpty { return true }
        let isRotated = await perform(on: thread) { files throws(AuditFault) in
            try files.append(lines)
        }
        guard let isRotated else {
            putBack(lines)
            return false
        }
        if isRotated { await prune(on: thread) }
        return true
    }

    private func prune(on thread: WorkerPool) async {
        let surplus = await perform(on: thread) { files throws(AuditFault) in
            try files.prune(at: WallClock.seconds)
        }
        tell(surplus: surplus ?? 0)
    }

    /// In front of what has come since.
    private func putBack(_ lines: [UInt8]) {
        waiting.withLock { waiting in
            if lines.count + waiting.lines.count <= Self.waitingBytesMax {
                waiting.lines = lines + waiting.lines
            } else {
                waiting.lostCount += waiting.lines.count { $0 == UInt8(ascii: "\n") }
                waiting.lines = lines
            }
        }
    }

    /// Returns nil after a fault, which it tells.
    private func perform<T: Sendable>(
        on thread: WorkerPool, _ work: @escaping @Sendable (AuditFiles) throws(AuditFault) -> T
    ) async -> T? {
        let result: Result<T, AuditFault>? = try? await thread.run { [files] in
            do throws(AuditFault) { return .success(try work(files)) } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let outcome): return outcome
        case .failure(let fault):
            tell(fault)
            return nil
        case nil: return nil
        }
    }

    private func tell(_ fault: AuditFault) {
        log.log(.error, "the audit trail is not written", metadata: ["fault": "\(fault)"])
    }

    private func tell(surplus: Int) {
        guard surplus > 0 else { return }
        log.log(
            .warning, "the audit trail is as large as it may be; its oldest files are removed",
            metadata: ["removed": "\(surplus)", "filesMax": "\(AuditFiles.filesMax)"])
    }
}
