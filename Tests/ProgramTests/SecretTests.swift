import Foundation
import Program
import Testing

struct SecretTests {
    @Test func `a secret shows itself to nobody`() {
        var bytes = Array("hunter2hunter2".utf8)
        let secret = Secret(taking: &bytes)
        #expect(bytes.isEmpty)
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(describing: secret), String(reflecting: secret), dumped] {
            #expect(text.contains("<secret>"))
            #expect(!text.contains("104") && !text.contains("hunter"))
        }
    }

    @Test func `wiped bytes are gone from where they lay`() {
        let count = 4096
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
        defer { memory.deallocate() }
        memory.initialize(repeating: 0xA5)
        wipe(UnsafeMutableRawBufferPointer(memory))
        #expect(memory.allSatisfy { $0 == 0 })
        var array = Array("key".utf8)
        wipe(&array)
        #expect(array.isEmpty)
    }

    @Test func `only the same bytes are equal`() {
        let secret = make("abc")
        #expect(matches(secret, "abc"))
        for other in ["", "a", "ab", "abd", "bbc", "aBc", "abcd"] {
            #expect(!matches(secret, other), "\(other)")
        }
    }

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

    @Test func `what is read again is used from then on, unless it cannot be`() throws {
        let path = NSTemporaryDirectory() + "secret-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(Self.one.utf8).write(to: URL(filePath: path))
        let secret = try SharedSecret(file: path)
        try Data("\(Self.two)\n\(Self.one)".utf8).write(to: URL(filePath: path))
        try secret.reload()
        #expect(matches(secret.presented, Self.two))
        #expect(accepts(secret, Self.one))
        try Data("short".utf8).write(to: URL(filePath: path))
        #expect(throws: StartFailure.self) { try secret.reload() }
        #expect(matches(secret.presented, Self.two))
    }

    private func accepts(_ secret: SharedSecret, _ text: String) -> Bool {
        secret.accepts(Array(text.utf8).span)
    }

    private func matches(_ secret: Secret, _ text: String) -> Bool {
        secret.equals(Array(text.utf8).span)
    }

    private func make(_ text: String) -> Secret {
        var bytes = Array(text.utf8)
        return Secret(taking: &bytes)
    }

    private func withFile<T>(_ contents: String, _ body: (String) throws -> T) throws -> T {
        let path = NSTemporaryDirectory() + "secret-\(UUID().uuidString)"
        try Data(contents.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}
