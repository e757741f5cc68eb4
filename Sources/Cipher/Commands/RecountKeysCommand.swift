import ArgumentParser
import Program

struct RecountKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recount",
        abstract: "Let a key seal again whose count of uses was lost: it counts as half used.",
        discussion: """
            For where the file beside the ring that counts uses is gone and has no backup. \
            `Cipher keys rotate` does as well: a fresh key begins at 0.
            """)

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        // No other key seals any more.
        let current = try file.read().current
        guard try KeyBudget.recount(current.fingerprint, besideRing: file.path) else {
            Output.line("the current key has its count of uses; nothing changed")
            return
        }
        Output.line("counted as half used: version \(current.version); \(KeysCommand.next)")
    }
}
