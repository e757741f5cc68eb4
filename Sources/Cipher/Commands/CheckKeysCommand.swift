import ArgumentParser
import CipherAPI
import Cryptography
import Program

struct CheckKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read the ring as a start would, and try each of its keys.",
        discussion: "Changes nothing. For a backup of the ring, name it with --key-file.")

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        try SelfTest.standard.run()
        let file = try keys.file()
        let ring = try file.read()
        let spent = try KeyBudget.spent(besideRing: file.path)
        for key in ring.keys { try Self.tryOut(key) }
        if spent[ring.current.fingerprint] == nil, try !file.isEarlier {
            throw StartFailure(
                "\(file.path): every key opens, but the count of the current key's uses is "
                    + "missing: put \(file.path).spent back beside it, or run Cipher keys recount")
        }
        Output.line(
            "\(file.path): \(ring.keys.count) version\(ring.keys.count == 1 ? "" : "s"), "
                + "\(ring.current.version) is current; every key seals and opens")
    }

    private static func tryOut(_ key: KeyRing.Key) throws(StartFailure) {
        let text = Array("a text of no importance".utf8)
        let context = [UInt8]()
        do throws(OpenSSLFault) {
            guard let material = key.material else { return }
            let cipher = try AES256GCM(key: material)
            let sealed = try cipher.seal(text.span, context: context.span)
            guard cipher.open(sealed.span, context: context.span) == text else {
                throw OpenSSLFault(call: "opening what was sealed")
            }
        } catch {
            throw StartFailure("version \(key.version) does not work: \(error.call) failed")
        }
    }
}
