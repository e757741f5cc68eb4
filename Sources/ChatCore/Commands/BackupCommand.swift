import ArgumentParser
import Encoding
import EventLoop
import Program
import Storage

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store to another folder, while the server runs or not.",
        discussion: """
            The copy holds every message that was acknowledged before. It is a data folder of its \
            own: `ChatCore store verify --data DESTINATION` checks it, and `ChatCore store restore \
            DESTINATION` puts it back on a stopped server. The keys are not in it.
            """)

    @Argument(help: "A folder that does not exist yet, or is empty; outside the data folder.")
    var destination: String

    @OptionGroup var data: DataOption

    func run() throws {
        let place = try data.place()
        // Absolute, because the server has another working directory.
        let destination = try DestinationPath.absolute(destination, outside: place.data)
        let loop = try EventLoop()
        let bytes = try loop.run {
            try await Self.backUp(place, to: destination, on: loop)
        }
        Output.line("\(destination) holds the store: \(counted(bytes, "byte"))")
    }

    private static func backUp(
        _ place: ServerPlace, to destination: String, on loop: EventLoop
    ) async throws(StartFailure) -> Int64 {
        let answer = try await ControlClient(place, loop: loop).post(BackUpStore.target) {
            $0.field("destination", destination)
        }
        if let answer { return answer["bytes"]?.integer ?? 0 }
        do throws(BackupFault) {
            let bytes = try StoreFolder(place.data).backup(to: destination).bytes
            BackupNote(data: place.data).write(destination)
            return bytes
        } catch {
            switch error {
            case .destination: throw StartFailure(error.description)
            case .store(let fault): throw StartFailure(fault, data: place.data)
            }
        }
    }
}
