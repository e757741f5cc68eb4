@testable import CipherAPI
@testable import Encoding

/// Reads and writes JSON with both programs' readers. A read value can be written and read again.
/// The reader of one spelling agrees with the general one. The length bounds the cost.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let limit = TimeLimit()
    limit.check(count, "a value") { checkValue(bytes) }
    limit.check(count, "a string") { checkString(bytes) }
    limit.check(count, "text") { checkText(bytes) }
    limit.check(count, "a name") { checkName(ByteText(repairing: bytes.span)) }
    limit.check(count, "a request for Cipher") { checkRequest(bytes) }
    limit.check(count, "an answer of Cipher") { checkResponse(bytes) }
    limit.check(count, "Cipher's keys") { checkKeys(bytes) }
    return 0
}

private func checkValue(_ bytes: [UInt8]) {
    guard let value = try? JSONValue.parse(bytes.span) else { return }
    expect(String(validating: bytes, as: UTF8.self) != nil, "a document is UTF-8 as a whole")
    var writer = JSONWriter()
    writer.value(value)
    let again = try? JSONValue.parse(writer.bytes.span)
    expect(again == value, "a value is read as it was written")
    for member in value.object?.members.prefix(4) ?? [] {
        expect(value.object?[member.name] == member.value, "a member is found by its name")
    }
    switch value {
    case .integer(let number): expect(isNumber(bytes, "\(number)", number == 0), "an integer")
    case .double(let number): expect(Double(trimmed(bytes)) == number, "a number is the nearest")
    case .null, .bool, .string, .array, .object: ()
    }
}

/// As it is spelt canonically, or "-0".
private func isNumber(_ bytes: [UInt8], _ text: String, _ isZero: Bool) -> Bool {
    let found = trimmed(bytes)
    return found == text || isZero && found == "-0"
}

private func trimmed(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.filter { !" \t\r\n".utf8.contains($0) }, as: UTF8.self)
}

/// Checks the bytes between quotes, with their escapes.
private func checkString(_ bytes: [UInt8]) {
    let document = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
    var scanner = JSONScanner()
    let raw = try? scanner.rawString(in: document.span)
    let isWhole = scanner.offset == document.count
    let text = raw.flatMap { raw in try? raw.text(in: document.span) }
    if case .string(let value) = try? JSONValue.parse(document.span) {
        expect(isWhole && value == text, "a string is the value it stands for")
    } else {
        expect(text == nil || !isWhole, "a string is a value")
    }
    guard let raw, String(validating: document, as: UTF8.self) != nil else { return }
    let json = try? JSONText(raw, inUTF8: document)
    expect(json?.text == text, "a string goes from one document into another as it is")
    guard let json else { return }
    expect(json.utf8Count == text?.utf8Count, "a text is as long as it is")
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("text", json)
    writer.endObject()
    let object = (try? JSONValue.parse(writer.bytes.span))?.object
    expect(object?["text"]?.text == text, "it means the same in another document")
}

/// Checks a text that JSON has to carry.
private func checkText(_ bytes: [UInt8]) {
    let json = JSONText(utf8: bytes)
    let valid = String(validating: bytes, as: UTF8.self)
    expect((json == nil) == (valid == nil), "text is UTF-8 and nothing else")
    let text = ByteText(repairing: bytes.span)
    if let json {
        expect(json.text == text && json == JSONText(text), "a text is what it was made of")
        expect(json.utf8.elementsEqual(bytes), "a text has the bytes it was made of")
    }
    var writer = JSONWriter()
    writer.string(text)
    var scanner = JSONScanner()
    let again = try? scanner.string(in: writer.bytes.span)
    expect(again == text && again?.hashValue == text.hashValue, "equal texts have equal hashes")
    let end = UnescapedRun.end(in: bytes.span, from: 0)
    expect(end == bytes.firstIndex(where: UnescapedRun.isSpecial) ?? bytes.count, "a plain run")
}

/// Checks a text as a user name.
private func checkName(_ text: ByteText) {
    let folded = text.caseFolded
    expect(folded.utf8Count <= 2 * text.utf8Count + 8, "a folded name is hardly longer")
    expect(text.trimmed.utf8Count <= text.utf8Count, "a trimmed name is no longer")
    expect(text.asciiLowercased.utf8Count == text.utf8Count, "lower case is as long")
}

private func checkRequest(_ bytes: [UInt8]) {
    let request = outcome { () throws(CipherFault) in try CipherRequest(bytes) }
    // A space behind it is none of the one spelling that is read by itself.
    let general = outcome { () throws(CipherFault) in try CipherRequest(bytes + [0x20]) }
    expect(request.success == general.success, "both readers of requests agree")
    expect(request.code == general.code, "both readers of requests refuse alike")
    guard case .batch(let results) = request.success else { return }
    var items = EncodedItems()
    for case .success(let item) in results { items.append(item) }
    let body = CipherRequest.encode(batch: [items.bytes(of: 0..<items.count)])
    let sound = results.filter { if case .success = $0 { true } else { false } }
    let again = outcome { () throws(CipherFault) in try CipherRequest(body) }
    expect(again.success == .batch(sound), "items are read as they were written")
}

private func checkResponse(_ bytes: [UInt8]) {
    let response = outcome { () throws(CipherFault) in try CipherResponse(bytes) }
    let general = outcome { () throws(CipherFault) in try CipherResponse(bytes + [0x20]) }
    expect(response.success == general.success, "both readers of answers agree")
    guard let read = response.success else { return }
    let again = outcome { () throws(CipherFault) in try CipherResponse(read.encoded) }
    expect(again.success == read, "an answer is read as it was written")
}

private func checkKeys(_ bytes: [UInt8]) {
    guard let keys = KeysResponse(bytes.span) else { return }
    expect(KeysResponse(keys.encoded.span) == keys, "keys are read as they were written")
}

private func outcome<Success>(
    _ read: () throws(CipherFault) -> Success
) -> (success: Success?, code: CipherErrorCode?) {
    do throws(CipherFault) { return (try read(), nil) } catch { return (nil, error.code) }
}

extension JSONWriter {
    fileprivate mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let number): integer(number)
        case .double(let number): raw("\(number)".utf8)
        case .string(let text): string(text)
        case .array(let values):
            beginArray()
            for element in values { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                name(member.name.string)
                self.value(member.value)
            }
            endObject()
        }
    }
}
