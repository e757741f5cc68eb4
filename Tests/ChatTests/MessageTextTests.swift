import Encoding
import Foundation
import TestSupport
import Testing

@testable import Chat

@Suite struct MessageTextTests {
    /// The web client's rules are held to the same table.
    @Test func `a sent text is cleaned, and refused if it is empty then`() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/message-texts.json")
        let table = try JSONDecoder().decode([[String?]].self, from: try Data(contentsOf: url))
        #expect(table.count > 60)
        for row in table {
            let raw = try #require(row[0])
            do {
                let text = try MessageText(sanitising: ByteText(raw)).text
                let clean = try #require(row[1], "\(raw.debugDescription) is not empty")
                #expect(Array(text.string.unicodeScalars) == Array(clean.unicodeScalars))
            } catch ChatFault.emptyMessage {
                #expect(row[1] == nil, "\(raw.debugDescription)")
            }
        }
    }

    @Test func `the longest message is sent and one scalar more is not`() throws {
        let longest = String(repeating: "a", count: 4096)
        #expect(try MessageText(sanitising: " \(longest)\0\n").text.string == longest)
        #expect(throws: ChatFault.messageTooLong) { try MessageText(sanitising: "\(longest)b") }
        let wide = String(repeating: "😀", count: 4096)
        #expect(try MessageText(sanitising: ByteText(wide)).text.utf8Count == 16_384)
    }

    @Test func `white space inside a text counts, and around it does not`() throws {
        let spaces = String(repeating: " ", count: 4094)
        #expect(try MessageText(sanitising: "a\(spaces)b").text.utf8Count == 4096)
        #expect(throws: ChatFault.messageTooLong) { try MessageText(sanitising: "a \(spaces)b") }
        #expect(try MessageText(sanitising: "\(spaces)\(spaces)a\(spaces)").text == "a")
    }

    @Test func `cleaning is idempotent`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let odd: [UInt32] = [0, 9, 10, 13, 32, 0x7F, 0x85, 0xA0, 0xFDD0, 0xFFFE, 0x200D, 0x1F600]
        for _ in 0..<2000 {
            var raw = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<30, using: &random) {
                let value =
                    Bool.random(using: &random)
                    ? odd.randomElement(using: &random) ?? 0
                    : UInt32.random(in: 0..<0x11_0000, using: &random)
                if let scalar = Unicode.Scalar(value) { raw.append(scalar) }
            }
            guard let once = try? MessageText(sanitising: ByteText(String(raw))) else { continue }
            #expect(try MessageText(sanitising: once.text) == once, "seed \(seed)")
            #expect(
                once.text.string.unicodeScalars.allSatisfy {
                    $0.value >= 0x20 || $0 == "\n" || $0 == "\t"
                }, "seed \(seed)")
        }
    }
}
