import ArgumentParser
import EventLoop
import Logging
import Program
import Storage

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Look after the data folder.",
        subcommands: [FoldCommand.self])
}

struct FoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fold",
        abstract: "Fold the journal of a stopped server into db.json.")

    @OptionGroup var data: DataOption

    func run() throws {
        let path = try data.path()
        let logger = LineLog.bootstrap(label: "ChatCore", level: .notice)
        let loop = try EventLoop()
        try loop.run {
            do {
                let store = try await JSONStore.open(folder: path, loop: loop, logger: logger)
                try await store.fold()
                await store.close()
            } catch let fault as StorageFault {
                throw StartFailure("\(path): \(fault)")
            }
        }
    }
}
