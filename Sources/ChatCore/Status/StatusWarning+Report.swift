import Chat
import Program

extension StatusWarning {
    private static let secondsPerDay: Int64 = 86_400
    private static let keyDaysMax: Int64 = 365
    private static let backupDaysMax: Int64 = 7
    private static let diskDaysMin = 14

    /// Returns all warnings of a report, the worst first.
    static func all(of report: StatusReport) -> [StatusWarning] {
        [
            [report.notReady].compactMap { $0 },
            report.store.map(refusingSends) ?? [],
            report.vault.map(exhausted) ?? [],
            report.disk.map(nearlyFull) ?? [],
            report.store.map(nearlyFull) ?? [],
            unsaved(report),
            report.store.map(neglected) ?? [],
            report.vault.map(old) ?? [],
            report.store.map(leftovers) ?? [],
        ].flatMap { $0 }
    }

    private static func refusingSends(_ store: StatusReport.Store) -> [StatusWarning] {
        var found: [StatusWarning] = []
        if store.isFull {
            found.append(
                StatusWarning(
                    code: "disk_full",
                    line: "the disk takes no more, so sends are refused: free some of it"))
        }
        if store.messagesMax > 0, store.messages >= store.messagesMax {
            found.append(
                StatusWarning(
                    code: "messages_max",
                    line: "the store holds \(counted(store.messages, "message")), so sends are "
                        + "refused: raise --messages-max if there is memory for its index"))
        }
        return found
    }

    private static func exhausted(_ vault: StatusReport.Vault) -> [StatusWarning] {
        guard vault.seals >= vault.sealsMax else { return [] }
        return [
            StatusWarning(
                code: "key_exhausted",
                line: "Cipher's key may seal no more, so sends are refused: run Cipher keys "
                    + "rotate, or keys recount where its count is lost")
        ]
    }

    private static func nearlyFull(_ disk: StatusReport.Disk) -> [StatusWarning] {
        if disk.free < disk.all / 10 {
            return [
                StatusWarning(
                    code: "disk_nearly_full",
                    line: "the disk has \(Amount.bytes(disk.free)) left, less than a tenth: free "
                        + "some of it, old backups first")
            ]
        }
        guard let days = disk.daysLeft, days < diskDaysMin else { return [] }
        return [
            StatusWarning(
                code: "disk_full_soon",
                line: "at this week's rate the disk is full in \(counted(days, "day")): free some "
                    + "of it, or lower --bytes-per-day")
        ]
    }

    private static func nearlyFull(_ store: StatusReport.Store) -> [StatusWarning] {
        guard store.messagesMax > 0, store.messages < store.messagesMax,
            store.messages >= store.messagesMax / 5 * 4
        else { return [] }
        return [
            StatusWarning(
                code: "messages_nearly_max",
                line: "the store holds \(store.messages) of \(store.messagesMax) messages: raise "
                    + "--messages-max if there is memory for its index")
        ]
    }

    private static func unsaved(_ report: StatusReport) -> [StatusWarning] {
        guard let backup = report.backup, let store = report.store, store.messages > 0 else {
            return []
        }
        guard let age = backup.age else {
            return [
                StatusWarning(
                    code: "no_backup", line: "there is no backup: run ChatCore store backup")
            ]
        }
        if backup.isGood == false {
            return [
                StatusWarning(
                    code: "backup_failed",
                    line: "the check of the last backup failed or could not run: keep the one "
                        + "before, and run ChatCore store backup --check, which says why")
            ]
        }
        guard age > backupDaysMax * secondsPerDay else { return [] }
        return [
            StatusWarning(
                code: "backup_old",
                line: "the last backup is \(Amount.duration(age)) old: run ChatCore store backup")
        ]
    }

    private static func neglected(_ store: StatusReport.Store) -> [StatusWarning] {
        var found: [StatusWarning] = []
        if store.foldFailures > 0 {
            found.append(
                StatusWarning(
                    code: "fold_failed",
                    line: "\(counted(store.foldFailures, "fold")) failed since the start, so the "
                        + "journal grows: the log says why"))
        }
        if store.isAhead {
            found.append(
                StatusWarning(
                    code: "clock_ahead",
                    line: "the store's time is ahead of this machine's clock: set the clock, or "
                        + "if it is right stop ChatCore and run ChatCore store clock-reset"))
        }
        return found
    }

    private static func old(_ vault: StatusReport.Vault) -> [StatusWarning] {
        guard vault.seals < vault.sealsMax else { return [] }
        let isOld = vault.keyAge >= keyDaysMax * secondsPerDay
        guard isOld || vault.seals >= vault.sealsMax / 2 else { return [] }
        let why = isOld ? "is a year old" : "has sealed half as often as it may"
        return [
            StatusWarning(code: "key_old", line: "Cipher's key \(why): run Cipher keys rotate")
        ]
    }

    private static func leftovers(_ store: StatusReport.Store) -> [StatusWarning] {
        guard let original = store.original else { return [] }
        return [
            StatusWarning(
                code: "original_left",
                line: "\(original) may hold readable messages: delete it once all is well")
        ]
    }
}
