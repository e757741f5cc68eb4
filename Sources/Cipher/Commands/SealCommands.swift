import ArgumentParser
import Cryptography
import Program

struct UnsealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unseal",
        abstract: "Hand the passphrase of a sealed ring to each running Cipher.",
        discussion: "It is typed unseen, or one line on standard input.")

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        let running = try RunningCipher.all(on: file)
        if running.isEmpty { throw RunningCipher(file: file).absent }
        let passphrase =
            running.contains { $0.keeping == .sealed } ? try Passphrase.current() : nil
        try RunningCipher.printEach(of: running) { cipher, keeping in
            guard keeping == .sealed, let passphrase else {
                return keeping == .plain
                    ? "the key ring is not sealed; nothing to do" : "Cipher is unsealed already"
            }
            return try cipher.require(VaultControl.unseal) { $0.secret("passphrase", passphrase) }
        }
    }
}

struct SealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Have each running Cipher drop the keys of a sealed ring at once.")

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        let running = try RunningCipher.all(on: file)
        if running.isEmpty { throw RunningCipher(file: file).absent }
        try RunningCipher.printEach(of: running) { cipher, _ in
            try cipher.require(VaultControl.seal)
        }
    }
}

struct SealFileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Encrypt the ring's file under a passphrase of at least 12 characters.",
        discussion: """
            It is typed unseen and twice, or two lines on standard input. Cipher then starts \
            sealed, until `Cipher unseal`. Without the passphrase the ring is lost. An old plain \
            ring may remain on flash and in backups: rotate, rewrap and forget afterwards.
            """)

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        switch try file.form() {
        case .absent: throw file.absent
        case .sealed: throw file.sealedAlready
        case .plain: break
        }
        let passphrase = try Passphrase.new()
        let cipher = RunningCipher(file: file)
        let isDone =
            try cipher.keeping() == .plain
            && cipher.post(VaultControl.sealFile) { $0.secret("passphrase", passphrase) } != nil
        if !isDone {
            let seal = try Passphrase.working { () throws(OpenSSLFault) in
                try SealedRing.seal(passphrase: passphrase)
            }
            try file.rewrite(sealedBy: seal)
        }
        try RunningCipher.unsealOthers(of: file, passphrase)
        Output.line(
            "key ring \(file.path) is sealed; Cipher starts sealed from now on, until Cipher unseal"
        )
    }
}

struct ChangePassphraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase",
        abstract: "Change the passphrase of a sealed ring.",
        discussion: "The old one, then the new one twice: typed unseen, or lines on standard input."
    )

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        let sealed = try SealedRing(at: file)
        let old = try Passphrase.current()
        let cipher = RunningCipher(file: file)
        if try cipher.keeping() != nil {
            let new = try Passphrase.new()
            try cipher.require(VaultControl.changePassphrase) { body in
                body.secret("passphrase", old)
                body.secret("next", new)
            }
            try RunningCipher.unsealOthers(of: file, new)
        } else {
            let seal = try Passphrase.unlock(sealed, with: old)
            let new = try Passphrase.new()
            let next = try Passphrase.working { () throws(OpenSSLFault) in
                try SealedRing.seal(passphrase: new)
            }
            try file.sealed(by: seal).rewrite(sealedBy: next)
        }
        Output.line("key ring \(file.path) has a new passphrase; old copies keep the old one")
    }
}

struct UnsealFileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unseal-file",
        abstract: "Take the seal off the ring's file: its keys are readable in it again.")

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        let sealed = try SealedRing(at: file)
        let passphrase = try Passphrase.current()
        let cipher = RunningCipher(file: file)
        if try cipher.keeping() != nil {
            try cipher.require(VaultControl.unsealFile) { $0.secret("passphrase", passphrase) }
        } else {
            let seal = try Passphrase.unlock(sealed, with: passphrase)
            try file.sealed(by: seal).rewrite(sealedBy: nil)
        }
        Output.line("key ring \(file.path) is not sealed any more; Cipher starts without asking")
    }
}

extension RunningCipher {
    /// Hands the passphrase of a ring that was sealed just now to the Ciphers behind the first. So
    /// they can go on reading its file. A Cipher without keys stays sealed.
    fileprivate static func unsealOthers(of file: KeyRingFile, _ passphrase: Secret) throws {
        for number in 2...RingSlot.countMax {
            let cipher = RunningCipher(file: file, number: number)
            if try cipher.keeping() == nil { continue }
            try cipher.require(VaultControl.renew) { $0.secret("passphrase", passphrase) }
        }
    }
}

extension SealedRing {
    /// Reads a sealed ring's file. Throws for any other.
    fileprivate init(at file: KeyRingFile) throws(StartFailure) {
        guard case .sealed(let sealed) = try file.form() else {
            throw StartFailure(
                "key ring \(file.path) is not sealed: Cipher keys seal seals it; nothing changed")
        }
        self = sealed
    }
}
