import ArgumentParser
import Program

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Prepare folders and the secret that both programs share, once, as root.",
        discussion: """
            For containers: `compose.yaml` runs it before the others. It may be run again at any \
            time; a secret that is there stays, and so does every file.
            """)

    @Option(help: ArgumentHelp("The user and group that shall own them.", valueName: "uid:gid"))
    var owner = "65532:65532"

    @Option(
        name: .customLong("private"),
        help: ArgumentHelp("A folder for the owner alone; may be given again.", valueName: "path"))
    var privateFolders: [String] = []

    @Option(
        name: .customLong("secret"),
        help: ArgumentHelp(
            "The secret both programs share; made where it is not.", valueName: "path"))
    var secretFile: String?

    @OptionGroup var data: DataOption

    func run() throws {
        guard let owner = Owner(owner) else {
            throw StartFailure("--owner '\(owner)': use two numbers such as 65532:65532")
        }
        try Provision.give(try data.path(), to: owner)
        for folder in privateFolders { try Provision.give(folder, to: owner, mode: 0o700) }
        if let secretFile { try Provision.secret(at: secretFile, for: owner) }
    }
}
