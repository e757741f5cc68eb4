import ArgumentParser
import Encoding
import EventLoop
import Program

struct CipherStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the Cipher on the key ring is, what waits for a person first.",
        discussion: """
            The exit status is 0 if all is well, 1 if something waits for a person, and 2 if no \
            Cipher can be asked.
            """)

    @OptionGroup var options: StatusOptions
    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        try StatusLoop.run(options, lines: Self.lines) { loop, time in
            let running = RunningCipher(file: file)
            var client = running.client(on: loop)
            client.answerTimeMax = time
            guard let answer = try await client.post(VaultStatus.target) else {
                throw running.absent
            }
            return answer
        }
    }

    static func lines(_ answer: JSONObject) -> [String] {
        func number(_ name: ByteText) -> Int64 { answer[name]?.integer ?? 0 }
        var lines = [
            "Cipher \(answer["version"]?.text ?? ""): \(answer["status"]?.text ?? "unknown"), "
                + "up \(Amount.duration(number("uptimeSeconds"))), "
                + "\(Amount.bytes(Int(number("residentBytes")))) of memory",
            "texts    \(number("sealed")) sealed, \(number("opened")) opened, "
                + "\(number("rewrapped")) rewrapped, \(number("notAuthentic")) not authentic",
        ]
        if answer["keyVersion"] != nil {
            lines.append(
                "key      version \(number("keyVersion")), "
                    + "\(Amount.duration(number("keyAgeSeconds"))) old, "
                    + "\(Amount.share(of: number("keySeals"), in: number("keySealsMax"))) of its "
                    + "seals used")
        }
        return lines
    }
}
