import ArgumentParser
import Program
import Storage

struct AcceptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Re-sign a db.json that was edited by hand.",
        discussion: """
            Stop the server and run `ChatCore store fold` before editing, so that db.json holds \
            everything; leave its last line, \"meta\", as it is. What is accepted has been checked \
            as `store verify` checks it, and holds nothing that can be read.
            """)

    @Flag(help: "Take messages that are dated in the future as they are.") var future = false

    @OptionGroup var data: DataOption

    func run() throws {
        let path = try data.path()
        do throws(StorageFault) {
            let report = try StoreFolder(path).accept(latest: future ? nil : MachineClock.latest)
            Output.line(
                "\(path)/db.json is accepted: \(counted(report.users, "user")), "
                    + counted(report.messages, "message"))
            for line in report.notices + report.remarks { Output.line(line) }
        } catch {
            if case .takeover = error {
                throw StartFailure("\(error): start ChatCore to take it over")
            }
            throw StartFailure(error, data: path)
        }
    }
}
