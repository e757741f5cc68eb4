import CipherAPI
import Encoding
import Testing

struct CipherAPITests {
    @Test(arguments: [
        (#"{"text":"halo"}"#, CipherItem(text: "halo")),
        (#" { "keyContext" : "a-b" , "text" : "" } "#, CipherItem(text: "", keyContext: "a-b")),
        (#"{"text":"\u0000\ud83d\ude00","keyContext":""}"#, CipherItem(text: "\0😀")),
        (#"{"text":"x","keyContext":null}"#, CipherItem(text: "x")),
    ])
    func `an item is read`(body: String, item: CipherItem) throws {
        #expect(try CipherRequest(Array(body.utf8)) == .single(item))
        let written = CipherRequest.encode(item)
        #expect(try CipherRequest(written) == .single(item))
    }

    @Test(arguments: [
        "", " ", "x", "null", "[]", "\"text\"", "1", "{}", #"{"keyContext":"x"}"#,
        #"{"text":null}"#, #"{"text":1}"#, #"{"text":["x"]}"#, #"{"text":{"text":"x"}}"#,
        #"{"text":"x","keyContext":7}"#, #"{"text":"x","keyContext":["y"]}"#,
        #"{"text":"x","keycontext":"y"}"#, #"{"text":"x","extra":1}"#, #"{"Text":"x"}"#,
        #"{"text":"x","text":"y"}"#, #"{"text":"x"}x"#, #"{"text":"x",}"#, #"{'text':'x'}"#,
        #"{"text":"\ud800"}"#, #"{"text":"\x"}"#, "{\"text\":\"\n\"}", #"{"text":"x""#,
        #"{"batch":null}"#, #"{"batch":{}}"#, #"{"batch":"x"}"#, #"{"batch":[],"text":"x"}"#,
        #"{"batch":[{"text":"x"}],"keyContext":"c"}"#,
    ])
    func `a body that is no request is malformed`(body: String) {
        let fault = #expect(throws: CipherFault.self) { try CipherRequest(Array(body.utf8)) }
        #expect(fault?.code == .malformed)
        #expect(fault?.sentence.isEmpty == false)
    }

    @Test(arguments: [
        (#"{"text":""#, #""}"#), (#"{"batch":[{"text":"a"},{"text":""#, #""}]}"#),
        (#"{"batch":[{"text":"a","keyContext":""#, #""},{"text":"b"}]}"#),
    ])
    func `bytes that are not UTF-8 are malformed`(before: String, after: String) {
        for bytes: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] {
            let body = Array(before.utf8) + bytes + Array(after.utf8)
            #expect(throws: CipherFault.self) { try CipherRequest(body) }
        }
    }

    @Test func `an answer that is not UTF-8 is none`() {
        let body = Array(#"{"results":[{"result":""#.utf8) + [0xFF] + Array(#""}]}"#.utf8)
        #expect(throws: CipherFault.self) { try CipherResponse(body) }
    }

    @Test func `one malformed item in a batch leaves the others alone`() throws {
        let body = #"{"batch":[{"text":"a"},{"text":1},null,{},{"text":"b","keyContext":"c"}]}"#
        guard case .batch(let items) = try CipherRequest(Array(body.utf8)) else {
            Issue.record("no batch")
            return
        }
        #expect(items.count == 5)
        #expect(try items[0].get() == CipherItem(text: "a"))
        #expect(try items[4].get() == CipherItem(text: "b", keyContext: "c"))
        for item in items[1...3] {
            guard case .failure(let fault) = item else {
                Issue.record("not refused")
                continue
            }
            #expect(fault.code == .malformed)
        }
    }

    @Test func `a batch holds a thousand items and no more`() throws {
        let items = (0..<1000).map { CipherItem(text: "\($0)", keyContext: "c") }
        let body = CipherRequest.encode(batch: items)
        #expect(try CipherRequest(body) == .batch(items.map { .success($0) }))
        let more = CipherRequest.encode(batch: items + [CipherItem(text: "x")])
        let fault = #expect(throws: CipherFault.self) { try CipherRequest(more) }
        #expect(fault?.code == .tooLarge)
        let none = CipherRequest.encode(batch: [CipherItem]())
        #expect(try CipherRequest(none) == .batch([]))
    }

    @Test func `parts of several calls make one batch`() throws {
        let texts = ["a", "", "halo \"dunia\"", String(repeating: "é", count: 300), "😀"]
        var items = texts.map { CipherItem(text: $0, keyContext: "k\n" + $0) }
        items.append(CipherItem(text: "x", keyContext: "k", newKeyContext: "n\n"))
        var encoded = EncodedItems()
        for item in items { encoded.append(item) }
        for first in 0...items.count {
            for end in first...items.count {
                let parts = [first..<end, 0..<first, end..<items.count]
                let body = CipherRequest.encode(batch: parts.map { encoded.bytes(of: $0) })
                let expected = parts.flatMap { items[$0] }
                #expect(try CipherRequest(body) == .batch(expected.map { .success($0) }))
                for part in parts {
                    #expect(encoded.byteCount(of: part) == encoded.bytes(of: part).count)
                }
            }
        }
        let whole = CipherRequest.encode(batch: [encoded.bytes(of: 0..<items.count)])
        encoded.end()
        #expect(encoded.batch == whole)
    }

    @Test(arguments: [
        #"{"batch":[{"text":"a","keyContext":"k"},{"text":"b\\n"}]}"#,
        #" {"batch":[{"text":"a","keyContext":"k"},{"text":"b\\n"}]}"#,
        #"{"batch":[{"text":"a","keyContext":"k"},{"text":"b\\n"}]} "#,
        #"{"batch": [{"keyContext":"k","text":"a"},{"text":"b\\n","keyContext":""}]}"#,
        #"{"batch":[{"text":"a","keyContext":"k"}, {"text":"b\\n"}]}"#,
        #"{"batch":[{"text":"a","keyContext":"k"},{"text":"b\\n" }]}"#,
        #"{"b\u0061tch":[{"text":"\u0061","keyContext":"k"},{"t\u0065xt":"b\\n"}]}"#,
    ])
    func `a batch is the same however it is spelt`(body: String) throws {
        let items = [CipherItem(text: "a", keyContext: "k"), CipherItem(text: "b\\n")]
        #expect(try CipherRequest(Array(body.utf8)) == .batch(items.map { .success($0) }))
    }

    @Test(arguments: [
        #"{"results":[{"result":"a"},{"result":""}]}"#,
        #"{"results":[{"result":"a"},{"result":""}]}"# + "\n",
        #"{ "results" : [ {"result":"a"}, {"result":""} ] }"#,
        #"{"more":1,"results":[{"result":"\u0061"},{"result":"","more":[]}]}"#,
    ])
    func `an answer is the same however it is spelt`(body: String) throws {
        #expect(
            try CipherResponse(Array(body.utf8)) == .batch([.success("a"), .success("")]))
    }

    @Test(arguments: [
        #"{"results":[{"result":"a"},]}"#, #"{"results":[{"result":"a"}]"#,
        #"{"results":[{"result":"a"}]}x"#, #"{"results":[{"result":"a","result":"b"}]}"#,
        #"{"results":[{"result":"a"}],"results":[]}"#, #"{"results":[{"result":1}]}"#,
    ])
    func `bytes that are no key list are not read as one`(body: String) {
        #expect(throws: CipherFault.self) { try CipherResponse(Array(body.utf8)) }
    }

    @Test func `a key context has a limit, in bytes`() throws {
        let longest = String(repeating: "é", count: CipherLimits.keyContextBytesMax / 2)
        for (context, isFine) in [(longest, true), (longest + "x", false)] {
            let body = CipherRequest.encode(CipherItem(text: "x", keyContext: context))
            let request = try? CipherRequest(body)
            #expect((request != nil) == isFine)
        }
    }

    @Test func `answers are read as they were written`() throws {
        let single = CipherResponse.single("a\"\\\0\u{1F600}")
        #expect(try CipherResponse(single.encoded) == single)
        let batch = CipherResponse.batch([
            .success(""), .failure(CipherFault(.notAuthentic, "no")), .success("x"),
        ])
        #expect(try CipherResponse(batch.encoded) == batch)
        #expect(
            String(decoding: batch.encoded, as: UTF8.self)
                == #"{"results":[{"result":""},{"error":"no","code":"not_authentic"},"#
                + #"{"result":"x"}]}"#)
    }

    @Test(arguments: ["", "{}", "[]", #"{"result":1}"#, #"{"results":[{}]}"#, #"{"results":{}}"#])
    func `bytes that are no answer are a fault`(body: String) {
        #expect(throws: CipherFault.self) { try CipherResponse(Array(body.utf8)) }
    }

    @Test func `keys are read as they were written`() {
        let keys = KeysResponse(
            keys: KeyState.allCases.enumerated().map { index, state in
                KeysResponse.Key(
                    version: index + 1, state: state, isLegacy: index == 1, created: 1_750_000_000,
                    age: 12, fingerprint: "0123456789abcdef0123456789abcdef", sealed: 3, opened: 4,
                    spent: 5)
            })
        #expect(KeysResponse(keys.encoded.span) == keys)
        for body in ["", "{}", #"{"keys":[{}]}"#] {
            #expect(KeysResponse(Array(body.utf8).span) == nil)
        }
    }

    @Test func `an unknown error code reads as a fault of Cipher's`() throws {
        let value = try JSONValue.parse(Array(#"{"error":"x","code":"brand_new"}"#.utf8).span)
        #expect(CipherFault(value) == CipherFault(.internal, "x"))
        #expect(CipherFault(try JSONValue.parse(Array(#"{"code":"x"}"#.utf8).span)) == nil)
    }
}
