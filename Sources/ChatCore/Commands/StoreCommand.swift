import ArgumentParser
import EventLoop
import Logging
import Program
import Storage

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look after the data folder: verify, copy, mend, fold, re-sign or rewrap it.",
        subcommands: forDatabases + [
            VerifyCommand.self, BackupCommand.self, RestoreCommand.self, SalvageCommand.self,
            FoldCommand.self, AcceptCommand.self, RewrapCommand.self, ForgetKeyCommand.self,
            ClockResetCommand.self, ExportStoreCommand.self, ImportStoreCommand.self,
        ])

    private static var forDatabases: [any ParsableCommand.Type] {
        #if Postgres
            [MigrateCommand.self]
        #else
            []
        #endif
    }
}

extension StoreCommand {
    /// Runs work on the store of a stopped server. Closes the store also after a failure.
    static func withStopped<Outcome: Sendable>(
        _ path: String, _ loop: EventLoop, _ logger: Logger,
        _ work: (JSONStore) async throws -> Outcome
    ) async throws -> Outcome {
        do {
            if try StoreFolder(path).isAbsent() { throw StorageFault.absent }
            let store = try await JSONStore.open(folder: path, loop: loop, logger: logger)
            let outcome: Outcome
            do { outcome = try await work(store) } catch {
                await store.close()
                throw error
            }
            await store.close()
            return outcome
        } catch let fault as StorageFault {
            throw StartFailure(fault, data: path)
        }
    }
}

extension StartFailure {
    /// Describes a fault of the store in that folder, and its remedy.
    init(_ fault: StorageFault, data: String) {
        switch fault {
        // The descriptions of these faults name the file.
        case .damaged, .edited, .restoring, .journalOfAnother, .takeover:
            self.init(fault.description)
        case .failed(let why):
            self.init("data folder '\(data)': \(why); see \(Defaults.data.option("--data"))")
        case .absent: self.init("there is no store in \(data); name its folder with --data")
        case .refused(let why): self.init("\(data)/db.json is not accepted: \(why)")
        case .full, .busy, .shortage, .stale, .locked, .closed: self.init("\(data): \(fault)")
        }
    }
}

extension StoreReport {
    /// Findings in a sound store that its operator should check.
    var remarks: [String] {
        let rest = exhaustedCount - exhausted.count
        return exhausted.map(\.description)
            + (rest > 0 ? ["and \(counted(rest, "conversation")) like these"] : [])
            + readable.remarks
    }
}

extension ReadableRecords {
    fileprivate var remarks: [String] {
        var remarks: [String] = []
        if messageCount > 0 {
            remarks.append(
                "\(counted(messageCount, "message")) with a content that is not as Cipher seals: "
                    + messages.joined(separator: ", "))
        }
        if userCount > 0 {
            remarks.append(
                "\(counted(userCount, "user")) whose password is no hash: "
                    + users.joined(separator: ", ")
                    + "; give each a new one with `ChatCore users reset-password`")
        }
        return remarks
    }
}

/// Returns a number with its noun: `1 user`, `2 users`.
func counted(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}
