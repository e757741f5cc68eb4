import CipherAPI
import Cryptography
import Encoding
import EventLoop
import Program

/// Asks a Cipher that runs on a key ring, over its control socket beside the ring: by default the
/// first, which alone changes the ring.
struct RunningCipher {
    let file: KeyRingFile
    var number = 1

    typealias Found = (cipher: RunningCipher, keeping: KeyVault.Keeping)

    /// Returns those that run on the ring, each with how it keeps it.
    static func all(on file: KeyRingFile) throws -> [Found] {
        var found: [Found] = []
        for number in 1...RingSlot.countMax {
            let cipher = RunningCipher(file: file, number: number)
            if let keeping = try cipher.keeping() { found.append((cipher, keeping)) }
        }
        return found
    }

    /// Asks each in turn and prints its line, with its number if there are several. Goes on behind
    /// one that fails, and throws at the end.
    static func printEach(
        of found: [Found], _ ask: (RunningCipher, KeyVault.Keeping) throws -> String
    ) throws {
        var failures: [String] = []
        for (cipher, keeping) in found {
            let name = found.count > 1 ? "Cipher \(cipher.number): " : ""
            do {
                Output.line(name + (try ask(cipher, keeping)))
            } catch let failure as StartFailure {
                failures.append(name + failure.description)
            }
        }
        if !failures.isEmpty { throw StartFailure(failures.joined(separator: "; ")) }
    }

    /// Returns how the running Cipher keeps the ring, or nil if none runs on it.
    func keeping() throws -> KeyVault.Keeping? {
        let name = file.name
        let answer = try post(VaultControl.state) { $0.field("file", name) }
        return answer.flatMap { KeyVault.Keeping(named: ByteText($0)) }
    }

    /// Returns the line that Cipher answers, or nil if none runs.
    func post(
        _ target: String, _ write: @escaping @Sendable (inout JSONWriter) -> Void = { _ in }
    ) throws -> String? {
        let loop = try EventLoop()
        return try loop.run {
            try await client(on: loop).post(target, write)?["line"]?.text?.string
        }
    }

    func client(on loop: EventLoop) -> ControlClient {
        ControlClient(
            RingSlot.socket(of: file, number: number), ownerOf: file.path, loop: loop)
    }

    /// Returns the line that Cipher answers. Throws if none runs.
    @discardableResult
    func require(
        _ target: String, _ write: @escaping @Sendable (inout JSONWriter) -> Void = { _ in }
    ) throws -> String {
        guard let line = try post(target, write) else { throw absent }
        return line
    }

    var absent: StartFailure {
        StartFailure("no Cipher runs on key ring \(file.path): start it first")
    }
}

extension KeyRingFile {
    /// The name within its folder.
    var name: ByteText {
        ByteText(path.split(separator: "/").last.map(String.init) ?? path)
    }
}

/// The way to a ring for one command: its file, or the Cipher that has it open.
enum RingAccess {
    case file(KeyRingFile)
    case running(RunningCipher)

    /// Finds the way. It asks for the passphrase if the ring is sealed and no Cipher has it open.
    init(_ file: KeyRingFile, asksPassphrase: Bool = true) throws {
        guard case .sealed(let sealed) = try file.form() else {
            self = .file(file)
            return
        }
        let running = RunningCipher(file: file)
        if try running.keeping() == .unsealed {
            self = .running(running)
            return
        }
        guard asksPassphrase else {
            throw StartFailure(
                "key ring \(file.path) is sealed: start Cipher, and run Cipher unseal first")
        }
        self = .file(try file.sealed(by: Passphrase.unlock(sealed)))
    }

    /// Changes the ring. Returns a sentence about the outcome.
    ///
    /// - Parameter sealsMax: The most seals of one key. A running Cipher goes by its own bound.
    func apply(
        _ change: RingChange, sealsMax: Int64 = CipherLimits.sealsMax
    ) throws -> String {
        switch self {
        case .file(let file):
            try change.apply(to: file, hint: KeysCommand.reloadHint, sealsMax: sealsMax)
        case .running(let cipher):
            try cipher.require(VaultControl.change) { change.write(to: &$0) }
        }
    }
}
