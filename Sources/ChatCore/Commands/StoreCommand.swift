import ArgumentParser
import EventLoop
import Logging
import Program
import Storage

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look after the data folder: verify, copy, mend, fold, re-sign or rewrap it.",
        subcommands: [
            VerifyCommand.self, BackupCommand.self, RestoreCommand.self, SalvageCommand.self,
            FoldCommand.self, AcceptCommand.self, RewrapCommand.self, ForgetKeyCommand.self,
            ClockResetCommand.self,
        ])
}

extension StoreCommand {
    /// Opens the store that no server has open, and closes it after the work in any case.
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
    /// What is wrong with the store in that folder, and what to do about it.
    init(_ fault: StorageFault, data: String) {
        switch fault {
        // These name the file themselves.
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
    /// What is sound in a store, and yet for its operator to look at.
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

/// `1 user`, `2 users`.
func counted(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}
