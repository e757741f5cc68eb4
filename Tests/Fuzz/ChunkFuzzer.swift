@testable import HTTP

/// Chunks decode to the same however they are cut, nothing behind them is taken, and what was
/// decoded can be encoded and decoded to the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzChunks(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let pieces = Pieces(start, count)
    let whole = decoded(pieces.cuts[0], .ofFuzzers)
    for cut in pieces.cuts.dropFirst() {
        let again = decoded(cut, .ofFuzzers)
        precondition(again.end == whole.end, "it depends on the cuts")
        if whole.end == "done" {
            precondition(again.body == whole.body && again.taken == whole.taken)
        }
    }
    if whole.end == "done" {
        var bytes: [UInt8] = []
        if !whole.body.isEmpty { ChunkCoding.append(whole.body, to: &bytes) }
        bytes.append(ChunkCoding.last)
        let again = decoded([bytes[...]], .ofFuzzers)
        precondition(again.end == "done" && again.body == whole.body)
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
            precondition(count == bytes.count || decoder.isDone, "left something behind")
            precondition(body.count <= limits.bodyBytesMax, "went over the limit")
            taken += count
        }
    } catch {
        return ("\(error)", body, taken)
    }
    return (decoder.isDone ? "done" : "more", body, taken)
}
