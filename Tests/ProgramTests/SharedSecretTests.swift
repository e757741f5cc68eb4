import Cryptography
import Program
import TestSupport
import Testing

struct SharedSecretTests {
    private static let one = "0123456789abcdef0123456789ABCDEF"
    private static let two = String(repeating: "z", count: 40)

    @Test(arguments: [
        one, one + "\n", one + "\r\n", "\n\n \(one)\t\n\n",
        "\(one)\n\(two)\n", " \(one) \n\t\(two)",
    ])
    func `a secret file holds one or two lines, blanks trimmed`(contents: String) throws {
        let secret = try withFile(contents) { try SharedSecret(file: $0) }
        #expect(matches(secret.presented, Self.one))
        #expect(accepts(secret, Self.one))
        #expect(accepts(secret, Self.two) == contents.contains(Self.two))
        for other in ["", String(Self.one.dropLast()), Self.one + "x", Self.one + Self.two] {
            #expect(!accepts(secret, other))
        }
    }

    @Test(arguments: [
        "", "\n", " \n\t\n", "x", String(one.dropLast()), "\(one) \(one)", "\(one)\nshort",
        "\(one)\n\(one)\n\(one)", "é\(one)", "\u{0}\(one)", "\(one)\u{7F}", "\(one)\n\(two)\nx",
        String(repeating: "x", count: 4097),
    ])
    func `a secret file of another form is refused, and not repeated`(contents: String) {
        let failure = #expect(throws: StartFailure.self) {
            try withFile(contents) { try SharedSecret(file: $0) }
        }
        #expect(failure?.description.contains("0123456789") == false)
    }

    @Test func `an absent secret file is refused`() throws {
        #expect(
            throws: StartFailure(
                "cannot read secret file /nowhere/secret: No such file or directory")
        ) { try SharedSecret(file: "/nowhere/secret") }
    }

    @Test func `a secret file read again replaces the secrets, unless it is refused`() throws {
        let folder = TemporaryFolder(exists: true)
        let path = folder.path + "/secret"
        try TestFile.write(Array(Self.one.utf8), to: path)
        let secret = try SharedSecret(file: path)
        try TestFile.write(Array("\(Self.two)\n\(Self.one)".utf8), to: path)
        try secret.reload()
        #expect(matches(secret.presented, Self.two))
        #expect(accepts(secret, Self.one))
        try TestFile.write(Array("short".utf8), to: path)
        #expect(throws: StartFailure.self) { try secret.reload() }
        #expect(matches(secret.presented, Self.two))
    }

    private func accepts(_ secret: SharedSecret, _ text: String) -> Bool {
        secret.accepts(Array(text.utf8).span)
    }

    private func matches(_ secret: Secret, _ text: String) -> Bool {
        secret.equals(Array(text.utf8).span)
    }

    private func withFile<T>(_ contents: String, _ body: (String) throws -> T) throws -> T {
        try TemporaryFolder.with { folder in
            try TestFile.write(Array(contents.utf8), to: "\(folder)/secret")
            return try body("\(folder)/secret")
        }
    }
}
