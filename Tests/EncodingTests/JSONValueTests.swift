import Foundation
import TestSupport
import Testing

@testable import Encoding

private func parse(_ text: String) throws(JSONFault) -> JSONValue {
    try JSONValue.parse(Array(text.utf8).span)
}

@Suite struct JSONValueTests {
    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("0", .integer(0)), ("-0", .integer(0)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775807", .integer(.max)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1.5e3", .double(1500)),
        ("\"a\\n\\u00e9\\ud83d\\ude00\\/\"", .string("a\né😀/")), ("\"\\u0000\"", .string("\0")),
        ("[]", .array([])), ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])),
    ])
    func `a value is read`(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        ("", JSONFault.Problem.endTooSoon), ("nul", .endTooSoon), ("nulL", .unexpectedByte),
        ("[1,]", .unexpectedByte), ("{\"a\":1,}", .unexpectedByte), ("01", .badNumber),
        ("1.", .badNumber), ("1e", .badNumber), ("+1", .unexpectedByte), ("1e999", .badNumber),
        ("\"\\x\"", .badEscape), ("\"\\u12g4\"", .badEscape), ("\"\\ud800\"", .loneSurrogate),
        ("\"\\udc00\"", .loneSurrogate), ("\"\\ud800\\u0041\"", .loneSurrogate),
        ("\"a\nb\"", .controlCharacter), ("\"abc", .endTooSoon), ("\"abc\\", .endTooSoon),
        ("{\"a\":1,\"a\":2}", .duplicateName), ("1 2", .bytesAfterEnd),
        ("\u{FEFF}1", .unexpectedByte),
        ("{\"a\" 1}", .unexpectedByte), ("'a'", .unexpectedByte), ("NaN", .unexpectedByte),
    ])
    func `bytes that are not JSON are refused`(text: String, problem: JSONFault.Problem) {
        let fault = #expect(throws: JSONFault.self) { try parse(text) }
        #expect(fault?.problem == problem, "\(text)")
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for bad: [UInt8] in [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
        ] {
            let bytes = [UInt8(ascii: "\"")] + bad + [UInt8(ascii: "\"")]
            let fault = #expect(throws: JSONFault.self) { try JSONValue.parse(bytes.span) }
            #expect(fault?.problem == .notUTF8)
        }
    }

    @Test func `nesting has a limit`() throws {
        let deep = { (levels: Int) in
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        _ = try parse(deep(32))
        let fault = #expect(throws: JSONFault.self) { try parse(deep(33)) }
        #expect(fault?.problem == .tooDeep)
        #expect(throws: JSONFault.self) { try parse(String(repeating: "[", count: 1_000_000)) }
    }

    @Test func `a repeated name is found among many`() {
        let many = (0..<500).map { "\"n\($0)\":\($0)" }.joined(separator: ",")
        #expect(throws: Never.self) { try parse("{\(many)}") }
        #expect(throws: JSONFault.self) { try parse("{\(many),\"n499\":0}") }
        #expect(throws: JSONFault.self) { try parse("{\(many),\"n3\":0}") }
    }

    @Test func `every cut of an object is refused`() {
        let whole = Array(#"{"a":[1,-2.5e+3,"x\u00e9\"y"],"b":{"c":null,"d":true}}"#.utf8)
        #expect(throws: Never.self) { try JSONValue.parse(whole.span) }
        for length in 0..<whole.count {
            #expect(throws: JSONFault.self) { try JSONValue.parse(Array(whole[..<length]).span) }
        }
    }

    /// Foundation's decoder implements the same standard independently. It must accept all that we
    /// accept, with equal texts.
    @Test func `random texts are read as Foundation reads them`() {
        var random = SeededGenerator()
        let pieces = [
            "[", "]", "\"", "a", "\\n", "\\ud83d", "\\ude00", "1", "-", ".5", ",", "é", " ", "\\",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let inside = (0..<Int.random(in: 0..<7, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let text = "[\"\(inside)\"]"
            let ours = try? parse(text)
            let theirs = try? JSONDecoder().decode([String].self, from: Data(text.utf8))
            guard let ours else { continue }
            accepted += 1
            guard let theirs else {
                // Something like ["a",1] is JSON, but no list of strings.
                #expect(ours.array?.contains { $0.text == nil } == true, "\(text)")
                continue
            }
            #expect(ours == .array(theirs.map { .string(ByteText($0)) }), "\(text)")
        }
        #expect(accepted > 100)
    }

    @Test func `a written value reads back as the same value`() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("text", "a\"\\\u{1}\n\t\0é😀/")
        writer.field("least", Int64.min)
        writer.field("most", Int64.max)
        writer.field("beyond", UInt64.max)
        writer.name("list")
        writer.beginArray()
        writer.bool(true)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.raw(Array("0.25".utf8))
        writer.endArray()
        writer.name("raw \"name\"")
        writer.raw(Array("[1,2]".utf8))
        writer.endObject()
        let value = try JSONValue.parse(writer.bytes.span)
        #expect(value.object?["text"]?.text == "a\"\\\u{1}\n\t\0é😀/")
        #expect(value.object?["least"]?.integer == .min)
        #expect(value.object?["most"]?.integer == .max)
        #expect(value.object?["beyond"] == .double(0x1p64))
        #expect(
            value.object?["list"]
                == .array([.bool(true), .null, .object(JSONObject()), .double(0.25)]))
        #expect(value.object?["raw \"name\""] == .array([.integer(1), .integer(2)]))
    }
}
