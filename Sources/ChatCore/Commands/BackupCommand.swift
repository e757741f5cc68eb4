import ArgumentParser
import Encoding
import EventLoop
import Glibc
import Program
import Storage

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store to another folder, while the server runs or not.",
        discussion: """
            The copy holds every message that was acknowledged before. It is a data folder of its \
            own: `ChatCore store verify --data DESTINATION` checks it, and putting it back means \
            copying its files into the data folder of a stopped server. The keys are not in it.
            """)

    @Argument(help: "A folder that does not exist yet, or is empty; outside the data folder.")
    var destination: String

    @OptionGroup var data: DataOption

    func run() throws {
        let path = try data.path()
        let destination = try absoluteDestination(outside: path)
        let loop = try EventLoop()
        let bytes = try loop.run {
            try await Self.backUp(path, to: destination, on: loop)
        }
        Output.line("\(destination) holds the store: \(counted(bytes, "byte"))")
    }

    private static func backUp(
        _ path: String, to destination: String, on loop: EventLoop
    ) async throws(StartFailure) -> Int64 {
        let answer = try await ControlClient(data: path, loop: loop).post(BackUpStore.target) {
            $0.field("destination", destination)
        }
        if let answer { return answer["bytes"]?.integer ?? 0 }
        do throws(BackupFault) {
            return try JSONStore.backup(folder: path, to: destination).bytes
        } catch {
            switch error {
            case .destination: throw StartFailure(error.description)
            case .store(let fault): throw StartFailure(fault, data: path)
            }
        }
    }

    /// As the server, which has another working directory, will find it.
    private func absoluteDestination(outside data: String) throws(StartFailure) -> String {
        var path = destination
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard !path.isEmpty else { throw StartFailure("the destination is empty; name a folder") }
        let absolute: String
        if let whole = Self.realPath(path) {
            absolute = whole
        } else {
            let slash = path.lastIndex(of: "/")
            let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            guard let whole = Self.realPath(parent) else {
                throw .last("find", parent)
            }
            let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
            absolute = whole == "/" ? "/\(name)" : "\(whole)/\(name)"
        }
        if let own = Self.realPath(data), absolute == own || absolute.hasPrefix(own + "/") {
            throw StartFailure("\(absolute) is the data folder, or in it: name another place")
        }
        return absolute
    }

    private static func realPath(_ path: String) -> String? {
        guard let whole = realpath(path, nil) else { return nil }
        defer { free(whole) }
        return String(cString: whole)
    }
}
