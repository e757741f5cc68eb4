import CipherAPI
import Encoding
import Testing

struct CipherAPITests {
    @Test(arguments: [
        (#"{"text":"halo"}"#, CipherItem(text: "halo")),
        (#" { "keyContext" : "a-b" , "text" : "" } "#, CipherItem(text: "", keyContext: "a-b")),
        (#"{"text":"\u0000\ud83d\ude00","keyContext":""}"#, CipherItem(text: "\0😀")),
    ])
    func `an item is read`(body: String, item: CipherItem) throws {
        #expect(try CipherRequest(Array(body.utf8).span) == .single(item))
        let written = CipherRequest.encode(item)
        #expect(try CipherRequest(written.span) == .single(item))
    }

    @Test(arguments: [
        "", " ", "x", "null", "[]", "\"text\"", "1", "{}", #"{"keyContext":"x"}"#,
        #"{"text":null}"#, #"{"text":1}"#, #"{"text":["x"]}"#, #"{"text":{"text":"x"}}"#,
        #"{"text":"x","keyContext":null}"#, #"{"text":"x","keyContext":7}"#,
        #"{"text":"x","keycontext":"y"}"#, #"{"text":"x","extra":1}"#, #"{"Text":"x"}"#,
        #"{"text":"x","text":"y"}"#, #"{"text":"x"}x"#, #"{"text":"x",}"#, #"{'text':'x'}"#,
        #"{"text":"\ud800"}"#, #"{"text":"\x"}"#, "{\"text\":\"\n\"}", #"{"text":"x""#,
        #"{"batch":null}"#, #"{"batch":{}}"#, #"{"batch":"x"}"#, #"{"batch":[],"text":"x"}"#,
        #"{"batch":[{"text":"x"}],"keyContext":"c"}"#,
    ])
    func `what is no request is malformed`(body: String) {
        let fault = #expect(throws: CipherFault.self) { try CipherRequest(Array(body.utf8).span) }
        #expect(fault?.code == .malformed)
        #expect(fault?.sentence.isEmpty == false)
    }

    @Test func `bytes that are not UTF-8 are malformed`() {
        let body = Array(#"{"text":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(throws: CipherFault.self) { try CipherRequest(body.span) }
    }

    @Test func `one malformed item in a batch leaves the others alone`() throws {
        let body = #"{"batch":[{"text":"a"},{"text":1},null,{},{"text":"b","keyContext":"c"}]}"#
        guard case .batch(let items) = try CipherRequest(Array(body.utf8).span) else {
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
        #expect(try CipherRequest(body.span) == .batch(items.map { .success($0) }))
        let more = CipherRequest.encode(batch: items + [CipherItem(text: "x")])
        let fault = #expect(throws: CipherFault.self) { try CipherRequest(more.span) }
        #expect(fault?.code == .tooLarge)
        let none = CipherRequest.encode(batch: [])
        #expect(try CipherRequest(none.span) == .batch([]))
    }

    @Test func `a key context has a limit, in bytes`() throws {
        let longest = String(repeating: "é", count: CipherLimits.keyContextBytesMax / 2)
        for (context, isFine) in [(longest, true), (longest + "x", false)] {
            let body = CipherRequest.encode(CipherItem(text: "x", keyContext: context))
            let request = try? CipherRequest(body.span)
            #expect((request != nil) == isFine)
        }
    }

    @Test func `answers are read as they were written`() throws {
        let single = CipherResponse.single("a\"\\\0\u{1F600}")
        #expect(try CipherResponse(single.encoded.span) == single)
        let batch = CipherResponse.batch([
            .success(""), .failure(CipherFault(.notAuthentic, "no")), .success("x"),
        ])
        #expect(try CipherResponse(batch.encoded.span) == batch)
        #expect(
            String(decoding: batch.encoded, as: UTF8.self)
                == #"{"results":[{"result":""},{"error":"no","code":"not_authentic"},"#
                + #"{"result":"x"}]}"#)
    }

    @Test(arguments: ["", "{}", "[]", #"{"result":1}"#, #"{"results":[{}]}"#, #"{"results":{}}"#])
    func `what is no answer is a fault`(body: String) {
        #expect(throws: CipherFault.self) { try CipherResponse(Array(body.utf8).span) }
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
