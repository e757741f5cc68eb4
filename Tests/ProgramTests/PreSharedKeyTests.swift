import Cryptography
import TestSupport
import Testing

@testable import Program
@testable import TLS

@Suite struct PreSharedKeyTests {
    private func secret(_ text: String) -> SharedSecret {
        var bytes = Array(text.utf8)
        return SharedSecret(Secret(taking: &bytes))
    }

    /// Worked out by an HKDF of Python's `hmac`.
    @Test func `key and identity follow from the secret`() throws {
        let keys = secret("a-secret-that-both-programs-were-given").preSharedKeys
        let key = try #require(keys.first)
        #expect(keys.count == 1)
        #expect(key.identity == Array("chatcore-90853dae126cc658".utf8))
        let expected = [UInt8](
            hex: "b2b89676f20866f2a0895c68dc41c4ba41bb298d90e6064fa88130c2529a2fdf")
        let isSame = key.key.equals(expected.span)
        #expect(isSame)
    }

    @Test func `two secrets are two keys in their order`() throws {
        let (old, new) = (String(repeating: "a", count: 32), String(repeating: "b", count: 32))
        let keys = try TemporaryFolder.with { folder in
            try TestFile.write(Array("\(new)\n\(old)\n".utf8), to: "\(folder)/secret")
            return try SharedSecret(file: "\(folder)/secret").preSharedKeys
        }
        #expect(keys.map(\.identity) == [new, old].map { secret($0).preSharedKeys[0].identity })
        #expect(keys[0].identity != keys[1].identity)
    }
}
