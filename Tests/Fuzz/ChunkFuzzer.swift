@testable import HTTP

/// Chunks decode to the same bytes however they are cut, and nothing behind them is consumed.
/// Decoded bytes can be encoded and decoded again. No cut makes the cost exceed the length's bound.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzChunks(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let pieces = Pieces(start, count)
    let whole = decoded(pieces.cuts[0], .ofFuzzers)
    for cut in pieces.cuts.dropFirst() {
        let again = decoded(cut, .ofFuzzers)
        expect(again.end == whole.end, "it depends on the cuts")
        if whole.end == "done" {
            expect(again.body == whole.body && again.taken == whole.taken, "a cut changes it")
        }
    }
    if whole.end == "done" {
        var bytes: [UInt8] = []
        if !whole.body.isEmpty {
            ChunkCoding.begin(whole.body.count, in: &bytes)
            bytes += whole.body
            bytes.append(ChunkCoding.end)
        }
        bytes.append(ChunkCoding.last)
        let again = decoded([bytes[...]], .ofFuzzers)
        expect(again.end == "done" && again.body == whole.body, "encoded it is another")
    }
    for cut in pieces.cuts {
        TimeLimit().check(count, "decoding chunks") { _ = decoded(cut, Limits()) }
    }
    return 0
}

private func decoded(
    _ pieces: [ArraySlice<UInt8>], _ limits: Limits
) -> (end: String, body: [UInt8], taken: Int) {
    var decoder = ChunkedDecoder()
    var body: [UInt8] = []
    var taken = 0
    do {
        for piece in pieces where !decoder.isDone {
            let bytes = Array(piece)
            let count = try decoder.decode(bytes.span, limits, appendingTo: &body)
            expect(count == bytes.count || decoder.isDone, "left something behind")
            expect(body.count <= limits.bodyBytesMax, "went over the limit")
            taken += count
        }
    } catch {
        return ("\(error)", body, taken)
    }
    return (decoder.isDone ? "done" : "more", body, taken)
}
