@testable import EventLoop

@testable import HTTP

/// Requests are read the same however they are cut, and what is accepted can be written back and
/// read to the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let pieces = Pieces(start, count)
    let whole = read(pieces.cuts[0], .ofFuzzers)
    for cut in pieces.cuts.dropFirst() {
        precondition(read(cut, .ofFuzzers).lines == whole.lines, "it depends on the cuts")
    }
    for (request, keepsAlive) in whole.requests {
        let again = read([written(request)[...]], .ofWhatIsWrittenBack)
        precondition(
            again.lines == [line(request, keepsAlive), "more"], "written back it is another")
    }
    return 0
}

private func read(
    _ pieces: [ArraySlice<UInt8>], _ limits: Limits
) -> (lines: [String], requests: [(Request, Bool)]) {
    var requests: [(Request, Bool)] = []
    var parser = RequestParser(peer: .ipv4(0, port: 0))
    var input: [UInt8] = []
    var end = "more"
    do {
        for piece in pieces {
            input += piece
            reading: while !input.isEmpty {
                var taken = 0
                let outcome = try parser.parse(input.span, limits, taken: &taken)
                precondition(taken <= input.count)
                input.removeFirst(taken)
                switch outcome {
                case .needsMore, .awaitsContinue: break reading
                case .request(let request, let keepsAlive): requests.append((request, keepsAlive))
                }
            }
        }
        if parser.isInBody { end += " of a body" }
    } catch {
        end = "\(error)"
    }
    return (requests.map(line) + [end], requests)
}

private func line(_ request: Request, _ keepsAlive: Bool) -> String {
    "\(request.method) \(request.version) \(request.path) \(request.query.text) "
        + "\(request.encodedPath) \(request.authority ?? "") \(keepsAlive) "
        + "\(request.fields.text) \(request.body)"
}

/// As a client would send it that has a length for every body.
private func written(_ request: Request) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes += request.method.rawValue.utf8
    bytes.append(.space)
    // Between the spaces of the request line.
    let line = request.fields.bytes.prefix { $0 != .carriageReturn }
    bytes += line.split(separator: .space)[1]
    bytes.append(request.version == .http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
    request.fields.append(to: &bytes, bodyByteCount: request.body.count)
    return bytes + request.body
}
