import ArgumentParser
import Program
import Storage

struct SalvageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "salvage",
        abstract: "Write all that is sound in a damaged store into a new folder.",
        discussion: """
            For a data folder that no start opens, with the server stopped. It changes nothing in \
            FROM, and prints a line for everything it leaves out. The new folder is a store of its \
            own: `ChatCore store verify --data TO` checks it, and `ChatCore store restore TO` puts \
            it in the place of the damaged one.
            """)

    @Argument(help: "The damaged data folder, or backup.")
    var from: String

    @Argument(help: "A folder that does not exist yet, or is empty; outside FROM.")
    var to: String

    func run() throws {
        let destination = try DestinationPath.absolute(to, outside: from)
        do throws(BackupFault) {
            let report = try StoreFolder(from).salvage(to: destination) {
                Output.line("\($0)")
            }
            Output.line(
                "\(destination) holds what is sound: \(counted(report.users, "user")), "
                    + "\(counted(report.messages, "message")); left out: "
                    + counted(report.leftOut, "record"))
            if report.standIns > 0 {
                Output.line(
                    "\(counted(report.standIns, "account")) stand in for users whose record is lost"
                )
            }
        } catch {
            switch error {
            case .destination: throw StartFailure(error.description)
            case .store(.takeover): throw StartFailure("\(error): start ChatCore to take it over")
            case .store(.absent): throw StartFailure("there is no store in \(from)")
            case .store(let fault): throw StartFailure(fault, data: from)
            }
        }
    }
}
