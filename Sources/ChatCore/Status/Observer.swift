import Chat
import CipherAPI
import Encoding
import EventLoop
import Glibc
import HTTP
import Metrics
import Program
import RateLimit
import Storage

/// Watches the server for `ChatCore status`: takes a sample every few seconds, and puts a report
/// together when asked.
struct Observer: Sendable {
    private final class State {
        var use = RecentUse()
        var growth = StoreGrowth()
        var router: Router?
    }

    private var worker: WorkerPool { disk.worker }
    private let services: Services
    private let disk: DiskSpace
    private let growthFile: StoreGrowthFile
    private let messagesMax: Int
    /// Nil where a database keeps the messages.
    private let files: JSONStore?
    private let loop: EventLoop
    private let state: LoopBound<State>

    init(
        _ services: Services, disk: DiskSpace, growthFile: StoreGrowthFile, messagesMax: Int,
        loop: EventLoop
    ) {
        self.services = services
        self.disk = disk
        self.growthFile = growthFile
        self.messagesMax = messagesMax
        self.loop = loop
        files = services.store as? JSONStore
        state = LoopBound(State(), to: loop)
    }

    /// Counts the requests of this router from now on.
    func watch(_ router: Router) { state.value.router = router }

    /// Takes samples until it is cancelled.
    func run() async {
        if files != nil {
            let growth = try? await worker.run { growthFile.read() }
            if let growth { state.value.growth = growth }
        }
        repeat {
            let state = state.value
            if let router = state.router {
                state.use.add(RecentUse.Sample(of: router, at: loop.now))
            }
            await noteSize()
        } while (try? await loop.sleep(for: RecentUse.interval)) != nil
    }

    /// Notes the size of the store once a day, as soon as the clock is set.
    private func noteSize() async {
        guard let files, let now = MachineClock.now else { return }
        let bytes = await files.size().bytes + services.photos.byteCount
        guard state.value.growth.add(bytes, at: now / 1000) else { return }
        let growth = state.value.growth
        _ = try? await worker.run { growthFile.write(growth) }
    }

    func report() async -> StatusReport {
        var report = StatusReport()
        report.uptimeSeconds = Int(ProcessMetrics.uptime / .seconds(1))
        report.residentBytes = ProcessMetrics.residentBytes
        report.isShedding = services.shedding.isShedding
        if let router = state.value.router {
            report.use = state.value.use.rates(at: RecentUse.Sample(of: router, at: loop.now))
        }
        report.notReady = await notReady()
        report.waitingPasswords = await services.accounts.waitingPasswords
        report.vault = await vault()
        if let files { await addFiles(files, to: &report) }
        report.database = await (services.store as? any MeasuredDatabase)?.size()
        return report
    }

    private func addFiles(_ files: JSONStore, to report: inout StatusReport) async {
        let size = await files.size()
        var store = StatusReport.Store()
        store.users = size.users
        store.messages = size.messages
        store.messagesMax = messagesMax
        store.snapshotBytes = Int(size.snapshotBytes)
        store.journalBytes = Int(size.journalBytes)
        store.photoBytes = await services.photos.byteCount
        store.isFull = size.isFull
        store.foldFailures = files.counts.foldFailures.count
        store.isAhead = MachineClock.latest.map { files.newestTimestamp > $0 } ?? false
        let original = "\(disk.folder)/db.json.before-takeover"
        let now = WallClock.seconds
        if let hasOriginal = try? await worker.run({ access(original, F_OK) == 0 }) {
            store.original = hasOriginal ? original : nil
        }
        let lastBackup = services.lastBackup.note
        report.backup = StatusReport.Backup(
            age: lastBackup.map { max(0, now - $0.at / 1000) }, isGood: lastBackup?.isGood)
        report.store = store
        if let room = await disk.measure() {
            report.disk = StatusReport.Disk(
                all: room.all, free: room.free,
                bytesPerDay: state.value.growth.bytesPerDay(store.bytes, at: now))
        }
    }

    private func vault() async -> StatusReport.Vault? {
        guard let answer = services.cipher.latestKeys,
            let key = answer.keys.first(where: { $0.state == .current })
        else { return nil }
        let most = answer.sealsMax ?? CipherLimits.sealsMax
        return StatusReport.Vault(
            programVersion: answer.programVersion?.string, keyVersion: key.version,
            keyAge: key.age, seals: min(key.spent, most), sealsMax: most,
            waiting: await services.cipher.queuedItemCount)
    }

    private func notReady() async -> StatusWarning? {
        if let files, case .readOnly(let why) = await files.state {
            return StatusWarning(
                code: "store_failed",
                line: "the disk failed (\(why)): look after the disk, then start ChatCore again")
        }
        do throws(VaultFault) {
            try await services.keys.check()
            return nil
        } catch {
            return switch error {
            case .sealed:
                StatusWarning(
                    code: "sealed", line: "Cipher's key ring is sealed: run Cipher unseal")
            case .otherKeys(let why):
                StatusWarning(code: "other_keys", line: "Cipher holds other keys: \(why)")
            case .unavailable(let why), .refused(let why), .failed(let why):
                StatusWarning(
                    code: "vault_unavailable",
                    line: "Cipher does not answer (\(why)): see that it runs, and what its log "
                        + "says")
            case .busy, .keyRetired:
                StatusWarning(
                    code: "vault_unavailable", line: "Cipher has no time: see what its log says")
            }
        }
    }
}

extension StoreSize {
    var bytes: Int { Int(snapshotBytes + journalBytes) }
}
