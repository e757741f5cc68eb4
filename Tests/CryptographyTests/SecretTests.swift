import Cryptography
import Testing

struct SecretTests {
    @Test func `a secret prints, describes and dumps as nothing but <secret>`() {
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

    @Test func `wiped bytes are gone from their memory`() {
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

    @Test func `a difference at any place is noticed`() {
        let bytes = Array("0123456789abcdef0123456789ABCDEF".utf8)
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            let isEqual = bytes.span.equalsInConstantTime(other.span)
            #expect(!isEqual, "byte \(index)")
        }
        let isEqual = [UInt8]().span.equalsInConstantTime([UInt8]().span)
        #expect(isEqual)
    }

    private func matches(_ secret: Secret, _ text: String) -> Bool {
        secret.equals(Array(text.utf8).span)
    }

    private func make(_ text: String) -> Secret {
        var bytes = Array(text.utf8)
        return Secret(taking: &bytes)
    }
}
