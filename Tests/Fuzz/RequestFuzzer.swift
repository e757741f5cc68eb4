@testable import EventLoop

@testable import HTTP

/// Requests parse to the same however they are cut. An accepted request can be written and parsed
/// again. No cut makes the cost exceed the length's bound.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let pieces = Pieces(start, count)
    let whole = read(pieces.cuts[0], .ofFuzzers)
    for cut in pieces.cuts.dropFirst() {
        expect(read(cut, .ofFuzzers).lines == whole.lines, "it depends on the cuts")
    }
    for (request, keepsAlive) in whole.requests {
        let again = read([written(request)[...]], .ofWhatIsWrittenBack)
        expect(again.lines == [line(request, keepsAlive), "more"], "written back it is another")
    }
    for cut in pieces.cuts {
        TimeLimit().check(count, "reading requests") { _ = read(cut, Limits()) }
    }
    return 0
}

private struct Reading {
    var requests: [(Request, Bool)] = []
    var end = "more"
    var lines: [String] { requests.map(line) + [end] }
}

private func read(_ pieces: [ArraySlice<UInt8>], _ limits: Limits) -> Reading {
    var reading = Reading()
    var parser = RequestParser(peer: .ipv4(0, port: 0))
    var input: [UInt8] = []
    do {
        for piece in pieces {
            input += piece
            reading: while !input.isEmpty {
                var taken = 0
                let outcome = try parser.parse(input.span, limits, taken: &taken)
                expect(taken <= input.count, "took more than there is")
                input.removeFirst(taken)
                switch outcome {
                case .needsMore, .awaitsContinue, .streamed: break reading
                case .request(let request, let keepsAlive):
                    reading.requests.append((request, keepsAlive))
                }
            }
        }
        if parser.isInBody { reading.end += " of a body" }
    } catch {
        reading.end = "\(error)"
    }
    return reading
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
