import ArgumentParser
import Program

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Prepare folders and the secret that both programs share, once, as root.",
        discussion: """
            For containers: `compose.yaml` runs it before the others. It may be run again at any \
            time; a secret that is there stays, and so does every file. The store's files, and \
            what lies in a private folder, are given to the owner.
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

    @Option(
        name: .customLong("backups"),
        help: ArgumentHelp(
            "A folder for backups, made where it is not; one that is in use stays as it is.",
            valueName: "path"))
    var backupFolder: String?

    @OptionGroup var data: DataOption

    func run() throws {
        guard let owner = FileOwner(owner) else {
            throw StartFailure("--owner '\(owner)': use two numbers such as 65532:65532")
        }
        try Provision.giveStore(try data.path(), to: owner)
        for folder in privateFolders { try Provision.givePrivate(folder, to: owner) }
        if let backupFolder, try !Provision.makeUnusedFolder(backupFolder, for: owner) {
            Output.line(
                "\(backupFolder) is in use by somebody else and stays as it is: store backup "
                    + "cannot write there. Name an empty folder, or give it to user \(owner.user)")
        }
        if let secretFile { try Provision.makeSecret(at: secretFile, for: owner) }
    }
}
