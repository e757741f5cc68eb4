import Foundation
import Testing

@testable import Encoding

@Suite struct Base64Tests {
    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `the vectors of the standard hold`(plain: String, text: String) {
        #expect(Base64.encode(Array(plain.utf8).span) == text)
        #expect(Base64.decode(Array(text.utf8).span) == Array(plain.utf8))
        let url = text.filter { $0 != "=" }
        #expect(Base64.encodeURL(Array(plain.utf8).span) == url)
        #expect(Base64.decodeURL(Array(url.utf8).span) == Array(plain.utf8))
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zh==", "Zm9=", "Zg===", "====", "=", "Z===", "Zm9v=", "Zm 9v", "Zm9v\n",
        "Zm-v",
        "Zg==Zg==", "é===",
    ])
    func `any other spelling is refused`(text: String) {
        #expect(Base64.decode(Array(text.utf8).span) == nil)
    }

    @Test(arguments: ["Zg==", "Zh", "Z", "Zm+v", "Zm/v", "Zm9vY"])
    func `the URL form has no padding and its own letters`(text: String) {
        #expect(Base64.decodeURL(Array(text.utf8).span) == nil)
    }

    @Test func `every length encodes and decodes as Foundation does it`() {
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255) }
            let text = Base64.encode(bytes.span)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.decode(Array(text.utf8).span) == bytes)
            let url = Base64.encodeURL(bytes.span)
            #expect(Base64.decodeURL(Array(url.utf8).span) == bytes)
            #expect(!url.contains { "+/=".contains($0) })
        }
    }

    @Test func `no single changed character goes unnoticed`() {
        let bytes = Array("sebelas byte".utf8) + [7]
        let text = Array(Base64.encode(bytes.span).utf8)
        for index in text.indices {
            for character in UInt8.min...UInt8.max where character != text[index] {
                var changed = text
                changed[index] = character
                #expect(Base64.decode(changed.span) != bytes)
            }
        }
    }
}
