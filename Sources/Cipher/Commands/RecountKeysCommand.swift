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
        let ring = try file.read()
        let sealing = ring.keys.filter { !$0.isLegacy }
        let lost = try KeyBudget.recount(sealing.map(\.fingerprint), besideRing: file.path)
        if lost.isEmpty {
            Output.line("every key has its count of uses; nothing changed")
            return
        }
        let versions = sealing.filter { lost.contains($0.fingerprint) }.map { "\($0.version)" }
        Output.line(
            "counted as half used: version \(versions.joined(separator: ", ")); "
                + KeysCommand.next)
    }
}
