@testable import HTTP

/// Responses parse to the same however they are cut. An accepted response can be written and parsed
/// again. No cut makes the cost exceed the length's bound.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzResponses(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let pieces = Pieces(start, count)
    for method in [Method.get, .head] {
        let whole = read(pieces.cuts[0], method, .ofFuzzers)
        for cut in pieces.cuts.dropFirst() {
            expect(read(cut, method, .ofFuzzers).outcome == whole.outcome, "it depends on the cuts")
        }
        for cut in pieces.cuts {
            TimeLimit().check(count, "reading a response") { _ = read(cut, method, Limits()) }
        }
        guard let (response, keepsAlive) = whole.response else { continue }
        let again = read([written(response, method, keepsAlive)[...]], method, .ofWhatIsWrittenBack)
        expect(again.outcome == whole.outcome, "written back it is another")
    }
    return 0
}

private struct Reading {
    var response: (ClientResponse, Bool)?
    var end = "more"
    var outcome: String { response.map(line) ?? end }
}

private func read(
    _ pieces: [ArraySlice<UInt8>], _ method: Method, _ limits: Limits
) -> Reading {
    var parser = ResponseParser(answering: method)
    var input: [UInt8] = []
    do {
        for piece in pieces {
            input += piece
            var taken = 0
            let outcome = try parser.parse(input.span, limits, taken: &taken)
            expect(taken <= input.count, "took more than there is")
            input.removeFirst(taken)
            if case .response(let response, let keepsAlive) = outcome {
                return Reading(response: (response, keepsAlive))
            }
        }
    } catch {
        return Reading(end: "\(error)")
    }
    return Reading(response: parser.end().map { ($0, false) })
}

private func line(_ response: ClientResponse, _ keepsAlive: Bool) -> String {
    "\(response.status.code) \(keepsAlive) \(response.fields.text) \(response.body)"
}

/// As a 1.1 server would send it that has a length for every body which is not ended by closing.
private func written(_ response: ClientResponse, _ method: Method, _ keepsAlive: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    let isOld = response.fields.bytes.span.has("HTTP/1.0", at: 0)
    bytes.append(isOld ? "HTTP/1.0 " : "HTTP/1.1 ")
    bytes.append(decimal: response.status.code)
    bytes.append(" \r\n")
    let isSized =
        response.field("Content-Length") != nil || response.field("Transfer-Encoding") != nil
    response.fields.append(to: &bytes, bodyByteCount: isSized ? response.body.count : nil)
    return bytes + response.body
}
