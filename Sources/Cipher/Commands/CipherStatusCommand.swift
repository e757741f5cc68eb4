import ArgumentParser
import Encoding
import EventLoop
import Program

struct CipherStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how each Cipher on the key ring is, what waits for a person first.",
        discussion: """
            The exit status is 0 if all is well, 1 if something waits for a person, and 2 if no \
            Cipher can be asked.
            """)

    @OptionGroup var options: StatusOptions
    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        try StatusLoop.run(options, lines: Self.lines) { loop, time in
            var answers: [(number: Int, status: JSONObject)] = []
            for number in 1...RingSlot.countMax {
                var client = RunningCipher(file: file, number: number).client(on: loop)
                client.answerTimeMax = time
                if let answer = try await client.post(VaultStatus.target) {
                    answers.append((number, answer))
                }
            }
            guard let merged = Self.merged(answers) else {
                throw RunningCipher(file: file).absent
            }
            return merged
        }
    }

    /// Returns the answer of the first, as it is where it is the only one. Otherwise `others` holds
    /// the other answers, each with its `number`, and `warnings` the warnings of all.
    static func merged(_ answers: [(number: Int, status: JSONObject)]) -> JSONObject? {
        guard let first = answers.first, answers.count > 1 else { return answers.first?.status }
        var merged = JSONObject()
        _ = merged.add("number", .integer(Int64(first.number)))
        _ = merged.add(
            "warnings", .array(answers.flatMap { warnings(of: $0.status, number: $0.number) }))
        for member in first.status.members { _ = merged.add(member.name, member.value) }
        let others = answers.dropFirst().map { number, status in
            var other = JSONObject()
            _ = other.add("number", .integer(Int64(number)))
            for member in status.members { _ = other.add(member.name, member.value) }
            return JSONValue.object(other)
        }
        _ = merged.add("others", .array(others))
        return merged
    }

    private static func warnings(of status: JSONObject, number: Int) -> [JSONValue] {
        (status["warnings"]?.array ?? []).map { warning in
            var numbered = JSONObject()
            for member in warning.object?.members ?? [] {
                let text = member.name == "line" ? member.value.text : nil
                _ = numbered.add(
                    member.name,
                    text.map { .string(ByteText("Cipher \(number): \($0)")) } ?? member.value)
            }
            return .object(numbered)
        }
    }

    static func lines(_ answer: JSONObject) -> [String] {
        let others = (answer["others"]?.array ?? []).compactMap(\.object)
        return ([answer] + others).flatMap { status in
            let heading = status["number"]?.integer.map { ["number \($0)"] } ?? []
            return (others.isEmpty ? [] : heading) + linesOfOne(status)
        }
    }

    private static func linesOfOne(_ answer: JSONObject) -> [String] {
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
