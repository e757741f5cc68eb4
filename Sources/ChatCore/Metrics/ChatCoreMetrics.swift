import Chat
import EventLoop
import HTTP
import Metrics
import Program
import Storage

/// Everything that ChatCore counts, by the names that it is scraped by. No label names a person.
struct ChatCoreMetrics: Sendable {
    /// The parts that have something to tell once the store is open.
    struct Sources: Sendable {
        let application: Application
        let accounts: Accounts
        let vault: SharedVault
        let cipher: CipherClient
        /// Nil where a database keeps the messages, which has metrics of its own beside these.
        let store: JSONStore?
        /// Nil where files keep the messages.
        let database: (any MeasuredDatabase)?
        let photos: Photos
        /// Nil without a data folder.
        let disk: DiskSpace?
        let lastBackup: LastBackup
    }

    private final class State {
        var sources: Sources?
    }

    private let server: Server
    private let isShedding: @Sendable () -> Bool
    private let state: LoopBound<State>

    init(of server: Server, isShedding: @escaping @Sendable () -> Bool, loop: EventLoop) {
        self.server = server
        self.isShedding = isShedding
        state = LoopBound(State(), to: loop)
    }

    /// Tells all from now on. During a takeover there is little to tell.
    func begin(_ sources: Sources) { state.value.sources = sources }

    func write(to text: inout MetricsText) async {
        text.version("chatcore")
        text.connections("chatcore", of: server)
        let shedding = text.gauge(
            "chatcore_shedding", "Whether load was refused within the last minute.")
        text.sample(shedding, isShedding() ? 1 : 0)
        guard let sources = state.value.sources else { return }
        text.requests("chatcore", of: sources.application.router)
        writeRefusals(sources.application, to: &text)
        await writeQueues(sources, to: &text)
        await writeVault(sources.cipher, to: &text)
        if let store = sources.store { await writeStore(store, sources.photos, to: &text) }
        if let database = sources.database { await writeDatabase(database, to: &text) }
        await writeDisk(sources.disk, to: &text)
        writeBackup(sources.lastBackup.note, to: &text)
    }

    private func writeRefusals(_ application: Application, to text: inout MetricsText) {
        let refusals = text.counter(
            "chatcore_refusals_total", "Refused requests by the code of their error.")
        for (code, count) in application.refusals.sorted(by: { $0.key < $1.key }) {
            text.sample(refusals, [("code", code)], count)
        }
    }

    private func writeQueues(_ sources: Sources, to text: inout MetricsText) async {
        let length = text.gauge("chatcore_queue_length", "What waits for a turn, by queue.")
        let (seals, opens) = (sources.vault.seals, sources.vault.opens)
        text.sample(length, [("queue", "password")], await sources.accounts.waitingPasswords)
        text.sample(length, [("queue", "seal")], seals.waitingCount)
        text.sample(length, [("queue", "open")], opens.waitingCount)
        let wait = text.histogram("chatcore_queue_wait_seconds", "Wait for a turn, by queue.")
        text.sample(wait, [("queue", "password")], await sources.accounts.passwordWaits)
        text.sample(wait, [("queue", "seal")], seals.waits.reading)
        text.sample(wait, [("queue", "open")], opens.waits.reading)
    }

    private func writeVault(_ cipher: CipherClient, to text: inout MetricsText) async {
        let time = text.histogram(
            "chatcore_vault_request_duration_seconds", "Time of a request to Cipher.")
        for lane in cipher.lanes {
            text.sample(time, [("operation", lane.name)], lane.latency.reading)
        }
        let faults = text.counter(
            "chatcore_vault_faults_total", "Requests to Cipher that failed, by reason.")
        for lane in cipher.lanes {
            for (reason, count) in await lane.faultCounts.sorted(by: { $0.key < $1.key }) {
                text.sample(faults, [("operation", lane.name), ("reason", reason)], count)
            }
        }
        let items = text.gauge("chatcore_vault_queue_length", "Texts that wait for Cipher.")
        for lane in cipher.lanes {
            text.sample(items, [("operation", lane.name)], await lane.queuedItemCount)
        }
        let exhausted = text.gauge(
            "chatcore_vault_key_exhausted", "Whether Cipher's current key may seal no more.")
        text.sample(exhausted, cipher.isKeyExhausted ? 1 : 0)
    }

    private func writeStore(
        _ store: JSONStore, _ photos: Photos, to text: inout MetricsText
    ) async {
        let size = await store.size()
        let users = text.gauge("chatcore_users", "Accounts.")
        text.sample(users, size.users)
        let messages = text.gauge("chatcore_messages", "Stored messages.")
        text.sample(messages, size.messages)
        let bytes = text.gauge("chatcore_store_bytes", "Bytes of the store's files.")
        text.sample(bytes, [("file", "snapshot")], Int(size.snapshotBytes))
        text.sample(bytes, [("file", "journal")], Int(size.journalBytes))
        text.sample(bytes, [("file", "photos")], await photos.byteCount)
        let waiting = text.gauge(
            "chatcore_commit_waiting_bytes", "Bytes of changes that wait for the disk.")
        text.sample(waiting, size.waitingBytes)
        let writable = text.gauge("chatcore_store_writable", "Whether the store takes changes.")
        text.sample(writable, await store.state == .open ? 1 : 0)
        let counts = store.counts
        writeGroups(counts, to: &text)
        let fold = text.histogram("chatcore_fold_duration_seconds", "Time of a fold.")
        text.sample(fold, counts.foldTime.reading)
        let folded = text.counter("chatcore_folded_bytes_total", "Bytes that folds wrote.")
        text.sample(folded, counts.foldedBytes.count)
        let failures = text.counter("chatcore_fold_failures_total", "Folds that failed.")
        text.sample(failures, counts.foldFailures.count)
    }

    /// Each process tells its own commits, and the size of what all of them share.
    private func writeDatabase(
        _ database: any MeasuredDatabase, to text: inout MetricsText
    ) async {
        writeGroups(database.counts, to: &text)
        guard let size = await database.size() else { return }
        let users = text.gauge(
            "chatcore_users", "Accounts; estimated by the database if they are many.")
        text.sample(users, size.users)
        let messages = text.gauge("chatcore_messages", "Stored messages.")
        text.sample(messages, size.messages)
        let bytes = text.gauge("chatcore_store_bytes", "Bytes of the database.")
        if let count = size.bytes { text.sample(bytes, [("file", "database")], count) }
    }

    private func writeGroups(_ counts: StoreCounts, to text: inout MetricsText) {
        let group = text.histogram(
            "chatcore_commit_group_changes", "Changes that were made durable at once.")
        text.sample(group, counts.groupSizes.reading)
        let time = text.histogram(
            "chatcore_commit_duration_seconds",
            "Time of a group's write and fsync, or of its transaction.")
        text.sample(time, counts.groupTime.reading)
    }

    private func writeBackup(_ note: BackupNote?, to text: inout MetricsText) {
        let made = text.gauge(
            "chatcore_last_backup_timestamp_seconds", "When the newest backup was made.")
        if let note { text.sample(made, Int(note.at / 1000)) }
        let checked = text.gauge(
            "chatcore_last_backup_check_timestamp_seconds",
            "When Cipher had opened every content of the newest backup.")
        if let time = note?.checkedAt { text.sample(checked, Int(time / 1000)) }
        let failed = text.gauge(
            "chatcore_last_backup_check_failed", "Whether the check of the newest backup failed.")
        if let isGood = note?.isGood { text.sample(failed, isGood ? 0 : 1) }
    }

    private func writeDisk(_ disk: DiskSpace?, to text: inout MetricsText) async {
        guard let space = await disk?.measure() else { return }
        let free = text.gauge(
            "chatcore_disk_free_bytes", "Bytes that the store's disk has left for this process.")
        text.sample(free, space.free)
        let all = text.gauge("chatcore_disk_bytes", "Bytes of the store's disk.")
        text.sample(all, space.all)
    }
}
