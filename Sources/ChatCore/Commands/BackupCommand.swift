import ArgumentParser
import Encoding
import EventLoop
import Logging
import Program
import Storage

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store to another folder, while the server runs or not.",
        discussion: """
            The copy holds every message that was acknowledged before. It is a data folder of its \
            own: `ChatCore store verify --data DESTINATION` checks it, and `ChatCore store restore \
            DESTINATION` puts it back on a stopped server. The keys are not in it. With --keep the \
            copy gets a folder of its own in the destination, named after the time, and the oldest \
            of these are deleted once it is whole (and checked).
            """)

    @Argument(help: "A folder that does not exist yet, or is empty; outside the data folder.")
    var destination: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep so many backups in the destination, this one among them.", valueName: "number"))
    var keep: Int?

    @Flag(help: "Verify the copy, and have Cipher open every content; nothing is shown.")
    var check = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Stay, and make another so many hours after the newest; with --keep.",
            valueName: "hours"))
    var every: Int?

    @Option(help: Defaults.cipherURL.help("Where Cipher is, for --check.", valueName: "url"))
    var cipherUrl: String?

    @Option(
        help: Defaults.cipherSecretFile.help(
            "A file with the secret that Cipher wants to see, for --check.", valueName: "path"))
    var cipherSecretFile: String?

    @OptionGroup var data: DataOption

    func run() throws {
        let place = try data.place()
        // Absolute, because the server has another working directory.
        let destination = try DestinationPath.absolute(destination, outside: place.data)
        if let keep, keep < 1 { throw StartFailure("--keep \(keep): use a number from 1 on") }
        if let every, every < 1 || keep == nil {
            throw StartFailure("--every \(every): use a number from 1 on, and --keep with it")
        }
        let loop = try EventLoop()
        let work = BackupWork(
            place: place, check: check ? try contentCheck(loop) : nil, loop: loop,
            logger: LineLog.bootstrap(label: "ChatCore", level: .notice))
        let (keep, every) = (keep, every)
        try loop.run {
            guard let keep else { return try await work.copy(to: destination) }
            let series = BackupSeries(folder: destination)
            guard let every else { return try await work.add(to: series, keeping: keep) }
            try await work.repeat(in: series, keeping: keep, hours: every)
        }
    }

    private func contentCheck(_ loop: EventLoop) throws(StartFailure) -> ContentCheck {
        let address = try CipherAddress(url: try Defaults.cipherURL.value(cipherUrl))
        let secret: SharedSecret?
        if let file = try Defaults.cipherSecretFile.optional(cipherSecretFile) {
            secret = try SharedSecret(file: file)
        } else {
            secret = nil
        }
        if address.isSecure, secret == nil {
            throw StartFailure(
                "\(Defaults.cipherURL.option("--cipher-url")) with https needs a secret: set "
                    + Defaults.cipherSecretFile.option("--cipher-secret-file"))
        }
        return ContentCheck(address: address, secret: secret, loop: loop)
    }
}
