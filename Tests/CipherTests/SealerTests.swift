import CipherAPI
import Cryptography
import Encoding
import Program
import TestSupport
import Testing

@testable import Cipher

struct SealerTests {
    private let folder = TemporaryFolder()

    /// Version 1 retired, 2 decrypt-only, 3 legacy, 4 current.
    private func sealer() throws -> Sealer {
        let ring = try #require(
            KeyRing([
                ringKey(1, .retired), ringKey(2, .decryptOnly),
                ringKey(3, .decryptOnly, legacy: true), ringKey(4, .current),
            ]))
        return try Sealer(ring, budget: budget(folder.path))
    }

    private static func sealed(
        _ text: [UInt8], version: Int?, byte: UInt8, context: String
    ) throws -> String {
        let bytes = try AES256GCM(key: key(byte)).seal(text.span, context: Array(context.utf8).span)
        return SealedContent(version: version, bytes: bytes).text
    }

    @Test(arguments: ["", "halo", "\0", "a\0b", "日本語 😀", "e\u{301} \u{FFFF}", "\r\n\u{1}"])
    func `every text comes back as it was`(text: String) throws {
        var sealer = try sealer()
        for context in ["", "a-b-c", "日本"] {
            let content = try sealer.result(
                .encrypt, CipherItem(text: text, keyContext: context))
            #expect(content.hasPrefix("v4:"))
            let back = try sealer.result(
                .decrypt, CipherItem(text: content, keyContext: context))
            #expect(Array(back.utf8) == Array(text.utf8))
        }
    }

    @Test func `a text may have a mebibyte and no byte more`() throws {
        var sealer = try sealer()
        let longest = String(repeating: "é", count: CipherLimits.textBytesMax / 2)
        let content = try sealer.result(.encrypt, CipherItem(text: longest))
        #expect(try sealer.result(.decrypt, CipherItem(text: content)) == longest)
        let fault = #expect(throws: CipherFault.self) {
            try sealer.result(.encrypt, CipherItem(text: longest + "x"))
        }
        #expect(fault?.code == .malformed)
    }

    @Test func `another context, or none, is not authentic`() throws {
        var sealer = try sealer()
        let content = try sealer.result(.encrypt, CipherItem(text: "x", keyContext: "a-b-1"))
        for context in ["", "a-b-2", "b-a-1", "a-b-1 ", "a-b-"] {
            expectNotAuthentic(&sealer, content, context)
        }
    }

    @Test func `another version is not authentic`() throws {
        var sealer = try sealer()
        let content = try sealer.result(.encrypt, CipherItem(text: "x", keyContext: "c"))
        let base64 = content.dropFirst(3)
        for prefix in [
            "v2:", "v3:", "v5:", "v0:", "v04:", "v+4:", "v-4:", "v4", "v:", "v 4:", "V4:",
            "4:", "v4::", "v1000000000:", "v99999999999999999999:", "v４:", " v4:", "",
        ] {
            expectNotAuthentic(&sealer, prefix + base64, "c")
        }
        expectRefused(&sealer, "v1:" + base64, "c", .keyRetired)
    }

    @Test func `every changed, missing or added character is not authentic`() throws {
        var sealer = try sealer()
        for text in ["", "x", "xy", "xyz"] {
            let content = Array(
                try sealer.result(.encrypt, CipherItem(text: text, keyContext: "c")).utf8)
            for index in content.indices {
                for byte in Array("A/+=z9v:\n é\0".utf8) where byte != content[index] {
                    var changed = content
                    changed[index] = byte
                    expectNotAuthentic(&sealer, String(decoding: changed, as: UTF8.self), "c")
                }
                var shorter = content
                shorter.remove(at: index)
                expectNotAuthentic(&sealer, String(decoding: shorter, as: UTF8.self), "c")
                expectNotAuthentic(
                    &sealer, String(decoding: content[..<index], as: UTF8.self), "c")
            }
            for end in ["=", "==", "A", "AAAA", "\n", " "] {
                expectNotAuthentic(&sealer, String(decoding: content, as: UTF8.self) + end, "c")
            }
        }
    }

    @Test func `decrypt-only versions open, retired ones do not`() throws {
        var sealer = try sealer()
        let old = try Self.sealed(Array("old".utf8), version: 2, byte: 2, context: "c")
        #expect(try sealer.result(.decrypt, CipherItem(text: old, keyContext: "c")) == "old")
        let retired = try Self.sealed(Array("gone".utf8), version: 1, byte: 1, context: "c")
        expectRefused(&sealer, retired, "c", .keyRetired)
    }

    @Test func `bare contents open under the legacy key alone, whatever the context`() throws {
        var sealer = try sealer()
        let bare = try Self.sealed(Array("dulu".utf8), version: nil, byte: 3, context: "")
        for context in ["", "a-b-c"] {
            let item = CipherItem(text: bare, keyContext: context)
            #expect(try sealer.result(.decrypt, item) == "dulu")
        }
        // Under the current key it would be a content that somebody stripped.
        let stripped = try Self.sealed(Array("x".utf8), version: nil, byte: 4, context: "")
        expectNotAuthentic(&sealer, stripped, "")
        // The legacy key is public: whoever knows it could make this.
        let forged = try Self.sealed(Array("x".utf8), version: 3, byte: 3, context: "c")
        expectNotAuthentic(&sealer, forged, "c")
    }

    @Test func `without a legacy key no bare content opens`() throws {
        var sealer = try Sealer(
            try #require(KeyRing([ringKey(3, .current)])), budget: budget(folder.path))
        let bare = try Self.sealed(Array("dulu".utf8), version: nil, byte: 3, context: "")
        expectNotAuthentic(&sealer, bare, "")
    }

    @Test func `a legacy key that is retired opens nothing, bare or not`() throws {
        var sealer = try Sealer(
            try #require(KeyRing([ringKey(3, .retired, legacy: true), ringKey(4, .current)])),
            budget: budget(folder.path))
        for (version, code) in [(nil, .keyRetired), (3, .notAuthentic)]
            as [(Int?, CipherErrorCode)]
        {
            let content = try Self.sealed(Array("x".utf8), version: version, byte: 3, context: "")
            expectRefused(&sealer, content, "", code)
        }
        let item = CipherItem(text: "x", keyContext: "c")
        let content = try sealer.result(.encrypt, item)
        #expect(
            try sealer.result(.decrypt, CipherItem(text: content, keyContext: "c")) == "x")
    }

    @Test func `contents of the earlier system open`() throws {
        var bytes = Array("12345678901234567890123456789012".utf8)
        var ring = try KeyRing.fresh(now: 0)
        _ = try ring.addLegacy(&bytes, now: 0)
        var sealer = try Sealer(ring, budget: budget(folder.path))
        let content = "ngyLBRiwzf3BwqwGndwNFegl6Sab1zzyNBhI6ig2IJ7djbQw+qPAHKs="
        #expect(
            try sealer.result(.decrypt, CipherItem(text: content, keyContext: "any"))
                == "apa kabar? #0")
    }

    @Test func `a rewrap binds the content to another context where one is given`() throws {
        try TemporaryFolder.with { folder in
            let ring = try #require(KeyRing([ringKey(1, .current)]))
            var sealer = try Sealer(ring, budget: budget(folder))
            let old = try sealer.result(.encrypt, CipherItem(text: "halo", keyContext: "a-b-c"))
            let item = CipherItem(
                text: JSONText(ByteText(old)), keyContext: "a-b-c", newKeyContext: "2:1:a")
            let new = try sealer.result(.rewrap, item)
            let opened = try sealer.result(.decrypt, CipherItem(text: new, keyContext: "2:1:a"))
            #expect(opened == "halo")
            for operation in [CipherOperation.encrypt, .decrypt] {
                let fault = #expect(throws: CipherFault.self) { try sealer.result(operation, item) }
                #expect(fault?.code == .malformed)
            }
        }
    }

    @Test func `a rewrap keeps the plaintext and moves it under the current key`() throws {
        var sealer = try sealer()
        let old = try Self.sealed(Array("old".utf8), version: 2, byte: 2, context: "c")
        let bare = try Self.sealed(Array("old".utf8), version: nil, byte: 3, context: "")
        for content in [old, bare] {
            let new = try sealer.result(.rewrap, CipherItem(text: content, keyContext: "c"))
            #expect(new.hasPrefix("v4:") && !new.contains("old"))
            #expect(try sealer.result(.decrypt, CipherItem(text: new, keyContext: "c")) == "old")
            expectNotAuthentic(&sealer, new, "")
        }
    }

    @Test func `bytes that are no text are told apart from what is not authentic`() throws {
        var sealer = try sealer()
        let bare = try Self.sealed([0xC3, 0x28], version: nil, byte: 3, context: "")
        let fault = #expect(throws: CipherFault.self) {
            try sealer.result(.decrypt, CipherItem(text: bare))
        }
        #expect(fault?.code == .notText)
        let new = try sealer.result(.rewrap, CipherItem(text: bare, keyContext: "c"))
        #expect(
            #expect(throws: CipherFault.self) {
                try sealer.result(.decrypt, CipherItem(text: new, keyContext: "c"))
            }?.code == .notText)
    }

    @Test func `uses are counted by version and survive a reread ring`() throws {
        var sealer = try sealer()
        let content = try sealer.result(.encrypt, CipherItem(text: "x"))
        _ = try sealer.result(.decrypt, CipherItem(text: content))
        expectNotAuthentic(&sealer, content, "other")
        sealer = try sealer.reloaded(sealer.ring)
        _ = try sealer.result(.rewrap, CipherItem(text: content))
        #expect(sealer.uses(of: 4) == Sealer.Uses(sealed: 2, opened: 2))
        #expect(sealer.uses(of: 2) == Sealer.Uses())
    }

    private func expectNotAuthentic(_ sealer: inout Sealer, _ content: String, _ context: String) {
        expectRefused(&sealer, content, context, .notAuthentic)
    }

    private func expectRefused(
        _ sealer: inout Sealer, _ content: String, _ context: String, _ code: CipherErrorCode
    ) {
        for operation in [CipherOperation.decrypt, .rewrap] {
            do throws(CipherFault) {
                _ = try sealer.result(
                    operation, CipherItem(text: content, keyContext: context))
                Issue.record("opened \(content.debugDescription)")
            } catch {
                #expect(error.code == code, "\(content.debugDescription)")
            }
        }
    }
}
