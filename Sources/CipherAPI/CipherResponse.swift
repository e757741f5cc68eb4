package import Encoding

/// The body of a success: `{"result": …}`, or `{"results": […]}` for a batch, in its order.
package enum CipherResponse: Sendable, Equatable {
    case single(JSONText)
    /// Each is `{"result": …}` or `{"error": …, "code": …}`.
    case batch([Result<JSONText, CipherFault>])

    /// Reads the body of a success. Throws `internal` for any other bytes. The caller compares the
    /// count of a batch with its request.
    package init(_ body: [UInt8]) throws(CipherFault) {
        if let results = Self.batch(canonical: body) {
            self = .batch(results)
            return
        }
        let value = try? JSONValue.parse(body.span)
        if let result = value?.object?["result"]?.text {
            self = .single(JSONText(result))
            return
        }
        guard let values = value?.object?["results"]?.array else { throw Self.unreadable }
        var results: [Result<JSONText, CipherFault>] = []
        results.reserveCapacity(values.count)
        for value in values {
            if let result = value.object?["result"]?.text {
                results.append(.success(JSONText(result)))
            } else if let fault = CipherFault(value) {
                results.append(.failure(fault))
            } else {
                throw Self.unreadable
            }
        }
        self = .batch(results)
    }

    /// The length of a short result.
    private static let resultBytes = 48

    /// Reads a batch of successes in the exact form of `encoded`, without a general parse. Returns
    /// nil for any other form.
    private static func batch(canonical body: [UInt8]) -> [Result<JSONText, CipherFault>]? {
        let span = body.span
        var scanner = JSONScanner()
        guard scanner.skip("{\"results\":[", in: span),
            (try? UTF8Span(validating: span)) != nil
        else { return nil }
        var results: [Result<JSONText, CipherFault>] = []
        results.reserveCapacity(min(CipherLimits.batchItemsMax, body.count / resultBytes))
        repeat {
            guard scanner.skip("{\"result\":", in: span),
                let result = try? JSONText(scanner.rawString(in: span), inUTF8: body),
                scanner.skip("}", in: span)
            else { return nil }
            results.append(.success(result))
        } while scanner.skip(",", in: span)
        guard scanner.skip("]}", in: span), scanner.offset == body.count else { return nil }
        return results
    }

    private static let unreadable = CipherFault(.internal, "Cipher's answer cannot be read")

    package var encoded: [UInt8] {
        switch self {
        case .single(let result):
            var writer = JSONWriter(capacity: result.utf8Count + 32)
            Self.write(result, to: &writer)
            return writer.bytes
        case .batch(let results):
            var writer = JSONWriter(capacity: Self.capacity(results))
            writer.beginObject()
            writer.name("results")
            writer.beginArray()
            for result in results {
                switch result {
                case .success(let text): Self.write(text, to: &writer)
                case .failure(let fault): fault.write(to: &writer)
                }
            }
            writer.endArray()
            writer.endObject()
            return writer.bytes
        }
    }

    private static func write(_ result: JSONText, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("result", result)
        writer.endObject()
    }

    private static func capacity(_ results: [Result<JSONText, CipherFault>]) -> Int {
        results.reduce(32) { total, result in
            guard case .success(let text) = result else { return total + 96 }
            return total + text.utf8Count + 32
        }
    }
}
