import EventLoop
import Glibc
import Logging
import Program
import RateLimit
import Synchronization

/// Writes the audit trail to its own files, apart from the log.
///
/// Lines are buffered in memory, and a separate thread writes them, so no request waits for the
/// disk. Single lines are not synced. If a write fails, lines stay in the buffer and the log
/// reports the fault once a minute. The service continues.
final class AuditTrail: Sendable {
    private struct Buffer {
        var lines: [UInt8] = []
        var lostCount = 0
    }

    /// If the buffer is full, later lines are lost and counted.
    private static let bufferBytesMax = 256 << 10
    private static let retryPause = Duration.seconds(5)
    private static let pruneInterval = Duration.seconds(86_400)

    private let files: AuditFiles
    private let loop: EventLoop
    private let log: RateLimitedLog
    private let buffer = Mutex(Buffer())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    /// Checks that the file can be written, and blocks meanwhile. A full or read-only disk does not
    /// prevent the start. A path that can never be written does.
    ///
    /// - Parameter log: Receives the faults.
    init(_ files: AuditFiles, loop: EventLoop, log: RateLimitedLog) throws(StartFailure) {
        self.files = files
        self.loop = loop
        self.log = log
        (arrivals, arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        do throws(AuditFault) {
            _ = try files.append([])
            report(surplus: try files.prune(at: WallClock.seconds))
        } catch {
            guard error.meansFull else { throw StartFailure("\(error)") }
            report(error)
        }
    }

    /// Returns a logger that writes its lines into the trail.
    func logger(label: String) -> Logger {
        Logger(label: label) { label in
            LineLog(label: label, level: .info) { [self] line in add(line) }
        }
    }

    /// Writes the buffered lines and removes old files until it is cancelled.
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
                if await writeBuffer(on: thread) { continue }
                do { try await loop.sleep(for: Self.retryPause) } catch { break }
                arrival.yield()
            }
            group.cancelAll()
        }
    }

    /// Writes all remaining lines. It blocks, so call it only at the end of the process.
    func finish() {
        let lines = takeBuffer()
        if lines.isEmpty { return }
        do throws(AuditFault) { _ = try files.append(lines) } catch { report(error) }
    }

    private func add(_ line: [UInt8]) {
        buffer.withLock { buffer in
            if buffer.lines.count + line.count <= Self.bufferBytesMax {
                buffer.lines += line
            } else {
                buffer.lostCount += 1
            }
        }
        arrival.yield()
    }

    private func takeBuffer() -> [UInt8] {
        let taken = buffer.withLock { buffer in
            defer { buffer = Buffer() }
            return buffer
        }
        if taken.lostCount > 0 {
            log.log(
                .error, "lines of the audit trail are lost",
                metadata: ["count": "\(taken.lostCount)"])
        }
        return taken.lines
    }

    /// Writes the buffer. Returns false if the lines stay in it after a fault.
    private func writeBuffer(on thread: WorkerPool) async -> Bool {
        let lines = takeBuffer()
        if lines.isEmpty { return true }
        let isRotated = await perform(on: thread) { files throws(AuditFault) in
            try files.append(lines)
        }
        guard let isRotated else {
            prepend(lines)
            return false
        }
        if isRotated { await prune(on: thread) }
        return true
    }

    private func prune(on thread: WorkerPool) async {
        let surplus = await perform(on: thread) { files throws(AuditFault) in
            try files.prune(at: WallClock.seconds)
        }
        report(surplus: surplus ?? 0)
    }

    /// Puts lines back in front of those that arrived since.
    private func prepend(_ lines: [UInt8]) {
        buffer.withLock { buffer in
            if lines.count + buffer.lines.count <= Self.bufferBytesMax {
                buffer.lines = lines + buffer.lines
            } else {
                buffer.lostCount += buffer.lines.count { $0 == UInt8(ascii: "\n") }
                buffer.lines = lines
            }
        }
    }

    /// Runs work on the thread. Reports a fault and then returns nil.
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
            report(fault)
            return nil
        case nil: return nil
        }
    }

    private func report(_ fault: AuditFault) {
        log.log(.error, "the audit trail is not written", metadata: ["fault": "\(fault)"])
    }

    private func report(surplus: Int) {
        guard surplus > 0 else { return }
        log.log(
            .warning, "the audit trail is as large as it may be; its oldest files are removed",
            metadata: ["removed": "\(surplus)", "filesMax": "\(AuditFiles.filesMax)"])
    }
}
