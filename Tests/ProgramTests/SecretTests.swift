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

    @Test(arguments: ["s3cret", "s3cret\n", "s3cret\r\n", "s3cret\n\n"])
    func `a trailing newline is not part of a secret file`(contents: String) throws {
        let secret = try withFile(contents) { try SecretFile.read($0) }
        #expect(matches(secret, "s3cret"))
    }

    @Test(arguments: ["", "\n", "two words", "two\nlines", "é", "\u{0}"])
    func `a secret that could not protect is refused`(contents: String) {
        #expect(throws: StartFailure.self) {
            try withFile(contents) { try SecretFile.read($0) }
        }
    }

    @Test func `a long or absent secret file is refused`() throws {
        #expect(throws: StartFailure.self) {
            try withFile(String(repeating: "x", count: 4097)) { try SecretFile.read($0) }
        }
        #expect(
            throws: StartFailure(
                "cannot read secret file /nowhere/secret: No such file or directory")
        ) { try SecretFile.read("/nowhere/secret") }
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
