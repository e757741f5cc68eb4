import ArgumentParser
import Program

struct RotateKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Add a fresh key as the current version; the one before still opens.")

    @OptionGroup var keys: KeyFileOption

    func run() throws { Output.line(try keys.access().apply(.rotate)) }
}

struct RetireKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Have a version open nothing any more; its key stays in the ring.",
        discussion: """
            What it sealed is not readable afterwards: run `ChatCore store rewrap` first. \
            `Cipher keys restore` takes it back.
            """)

    @Argument(help: "The version, as `Cipher keys list` shows it.") var version: Int
    @OptionGroup var keys: KeyFileOption

    func run() throws { Output.line(try keys.access().apply(.retire(version))) }
}

struct RestoreKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Have a retired version open again what it sealed.")

    @Argument(help: "The version, as `Cipher keys list` shows it.") var version: Int
    @OptionGroup var keys: KeyFileOption

    func run() throws { Output.line(try keys.access().apply(.restore(version))) }
}

struct ForgetKeyVersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove a retired version's key from the ring, for good.",
        discussion: """
            It is refused until `ChatCore store rewrap` has told Cipher that no stored content \
            needs the version. It asks to type the version again, on standard input. What the \
            version sealed can never be read again, in backups of the store neither; copies of the \
            ring elsewhere still hold the key. A running Cipher takes it up on SIGHUP; ChatCore \
            then waits for `ChatCore store forget-key V`.
            """)

    @Argument(help: "The version, as `Cipher keys list` shows it.") var version: Int
    @Flag(help: "Forget it although stored contents may need it: they are lost.")
    var evenIfNeeded = false

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let access = try keys.access()
        if case .file(let file) = access {
            let ring = try file.read()
            do throws(KeyRing.Refusal) { try ring.checkForgettable(version) } catch {
                throw StartFailure(error)
            }
        }
        try Confirmation.require(
            "\(version)", toDo: "remove key version \(version) for good",
            otherwise: "nothing was removed")
        Output.line(try access.apply(.forget(version, isForced: evenIfNeeded)))
    }
}

struct RecountKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recount",
        abstract: "Let a key seal again whose count of uses was lost: it counts as half used.",
        discussion: """
            For where the file beside the ring that counts uses is gone and has no backup. \
            `Cipher keys rotate` does as well: a fresh key begins at 0.
            """)

    @OptionGroup var keys: KeyFileOption

    @OptionGroup var seals: SealsMaxOption

    func run() throws {
        Output.line(try keys.access().apply(.recount, sealsMax: try seals.limits().most))
    }
}
