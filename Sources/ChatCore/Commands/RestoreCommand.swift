import ArgumentParser
import Encoding
import Program
import Storage

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of a stopped server's store.",
        discussion: """
            The backup, or what `store salvage` wrote, is verified first and stays as it is. What \
            stood in the data folder is moved into a folder in it, named replaced-1 and so on; \
            delete that once all is well. With --user only that person's messages come back, as \
            far as the store does not hold their ids, and the account if it was removed; what \
            others wrote since stays. Either way every client reads its lists anew.
            """)

    @Argument(help: "A folder that `ChatCore store backup` or `salvage` made.")
    var backup: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only the messages of this person.", valueName: "name"))
    var user: String?

    @OptionGroup var data: DataOption

    func run() throws {
        let path = try data.path()
        try DestinationPath.requireApart(backup, path)
        do throws(BackupFault) {
            if let user { return try restore(user, path) }
            let report = try StoreFolder(path).restore(backup)
            Output.line(
                "\(path) holds the backup: \(counted(report.users, "user")), "
                    + counted(report.messages, "message"))
            if let replaced = report.replaced {
                Output.line(
                    "what stood there is in \(replaced), messages deleted since included: delete "
                        + "it once all is well")
            }
        } catch {
            switch error {
            case .destination: throw StartFailure(error.description)
            case .store(.absent): throw StartFailure("there is no store in \(backup)")
            case .store(.takeover):
                throw StartFailure(
                    "\(error), and is no backup: copy it to \(path)/db.json and start ChatCore")
            case .store(.locked):
                throw StartFailure(
                    "another process has \(path) or \(backup) open; stop the server first")
            case .store(.damaged(let file, let offset, let why)),
                .store(.edited(let file, let offset, let why)):
                let place = offset.map { " at byte \($0)" } ?? ""
                throw StartFailure(
                    "\(backup) is not put back: \(file) is damaged\(place): \(why). "
                        + "Nothing was changed. Take another backup; or save what is sound with "
                        + "`ChatCore store salvage \(backup) NEW`, NEW a folder that is not there "
                        + "yet, and put that back with `ChatCore store restore NEW --data \(path)`")
            case .store(.refused(let why)): throw StartFailure(why)
            case .store(let fault): throw StartFailure("\(backup) is not put back: \(fault)")
            }
        }
    }

    private func restore(_ user: String, _ path: String) throws(BackupFault) {
        let report = try StoreFolder(path).restore(user: ByteText(user), from: backup)
        guard let replaced = report.replaced else {
            return Output.line("\(report.user) lacks nothing that the backup has")
        }
        if let count = report.messages {
            Output.line(
                "\(report.user) has \(counted(count, "message")) again"
                    + (report.isUserNew ? ", and the account" : ""))
        } else {
            Output.line("the restore that was interrupted is done")
        }
        Output.line(
            "the store of before is in \(replaced), messages deleted since included: delete it "
                + "once all is well")
    }
}
