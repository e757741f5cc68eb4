import ArgumentParser
import Glibc
import Program

struct ForgetKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove a retired version's key from the ring, for good.",
        discussion: """
            It asks to type the version again, on standard input. What the version sealed can \
            never be read again, in backups of the store neither; copies of the ring elsewhere \
            still hold the key. A running Cipher takes it up on SIGHUP; ChatCore then waits for \
            `ChatCore store forget-key V`.
            """)

    @Argument(help: "The version, as `Cipher keys list` shows it.") var version: Int
    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        let ring = try file.read()
        do throws(KeyRing.Refusal) { try ring.checkForgettable(version) } catch {
            throw StartFailure(error)
        }
        try Confirmation.require(
            "\(version)", toDo: "remove key version \(version) for good",
            otherwise: "nothing was removed")
        _ = try file.changePresent { ring throws(KeyRing.Refusal) in try ring.forget(version) }
        Output.line(
            "version \(version) is in no file here any more; copies of the ring elsewhere hold it; "
                + "\(KeysCommand.next), and ChatCore by ChatCore store forget-key \(version)")
    }
}
