import Cryptography
import Foundation
import TestSupport
import Testing

/// Project Wycheproof's cases for AES-GCM, run against the code that serves.
struct WycheproofTests {
    struct File: Decodable {
        let testGroups: [Group]
    }

    struct Group: Decodable {
        let ivSize: Int
        let keySize: Int
        let tagSize: Int
        let tests: [Case]
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let tcId: Int
        let comment: String
        let key, iv, aad, msg, ct, tag: String
        let result: String

        var testDescription: String { "\(tcId) \(result) \(comment)" }
    }

    static func cases() throws -> [Case] {
        let json = try Data(contentsOf: Fixture.url("wycheproof-aes-gcm.json"))
        let file = try JSONDecoder().decode(File.self, from: json)
        return file.testGroups.filter { $0.keySize == 256 && $0.ivSize == 96 && $0.tagSize == 128 }
            .flatMap(\.tests)
    }

    @Test func `the cases are there, of both kinds`() throws {
        let cases = try Self.cases()
        #expect(cases.count == 66)
        #expect(cases.contains { $0.result == "valid" })
        #expect(cases.contains { $0.result == "invalid" })
    }

    @Test(arguments: try cases()) func `each case comes out as it must`(test: Case) throws {
        var keyBytes = [UInt8](hex: test.key)
        let cipher = try AES256GCM(key: Secret(taking: &keyBytes))
        let (nonce, context) = ([UInt8](hex: test.iv), [UInt8](hex: test.aad))
        let plaintext = [UInt8](hex: test.msg)
        let content = nonce + [UInt8](hex: test.ct) + [UInt8](hex: test.tag)
        let opened = cipher.open(content.span, context: context.span)
        let sealed = try cipher.seal(plaintext.span, context: context.span, nonce: nonce.span)
        switch test.result {
        case "valid":
            #expect(opened == plaintext)
            #expect(sealed == content)
        case "invalid":
            #expect(opened == nil)
            #expect(sealed != content)
        default: Issue.record("unknown result \(test.result)")
        }
    }
}
