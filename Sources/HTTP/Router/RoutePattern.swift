internal import Encoding

/// A pattern's segments, matched against those of a path.
struct RoutePattern: Sendable, Equatable {
    enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    let text: String
    let segments: [Segment]

    init(_ text: String) {
        precondition(text.first == "/", "a route begins with a slash")
        self.text = text
        segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            guard $0.first == "{", $0.last == "}" else { return .literal(String($0)) }
            let name = $0.dropFirst().dropLast()
            return name.hasSuffix("...")
                ? .rest(String(name.dropLast(3))) : .parameter(String(name))
        }
        precondition(
            segments.dropLast().allSatisfy { if case .rest = $0 { false } else { true } },
            "only the last segment takes the rest")
    }

    var isLiteral: Bool {
        segments.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    /// The lower, the more exactly it says what it matches: literal first, the rest last.
    var generality: Int {
        segments.reduce(0) { sum, segment in
            switch segment {
            case .literal: sum
            case .parameter: sum + 1
            case .rest: sum + 1000
            }
        }
    }

    /// Whether the two match the same paths, whatever their parameters are called.
    func overlaps(_ other: RoutePattern) -> Bool {
        guard segments.count == other.segments.count else { return false }
        return zip(segments, other.segments).allSatisfy { pair in
            switch pair {
            case (.literal(let one), .literal(let two)): one == two
            case (.parameter, .parameter), (.rest, .rest): true
            default: false
            }
        }
    }

    /// What the parameters stand for, or nil where the path is another. `path` is as it was sent:
    /// an escaped slash stays inside its segment.
    func match(_ path: Span<UInt8>) -> PathParameters? {
        guard !path.isEmpty, path[0] == .slash else { return nil }
        var parameters = PathParameters()
        var start = 1
        for segment in segments {
            guard start <= path.count else { return nil }
            let end = path.firstIndex(of: .slash, from: start) ?? path.count
            switch segment {
            case .literal(let literal):
                guard RoutePattern.equals(path, start..<end, literal) else { return nil }
            case .parameter(let name):
                guard start < end, let value = PercentEncoding.text(path, start..<end) else {
                    return nil
                }
                parameters.add(name, value)
            case .rest(let name):
                guard let value = PercentEncoding.text(path, start..<path.count) else { return nil }
                parameters.add(name, value)
                return parameters
            }
            start = end + 1
        }
        return start > path.count ? parameters : nil
    }

    private static func equals(
        _ path: Span<UInt8>, _ range: Range<Int>, _ literal: String
    ) -> Bool {
        PercentEncoding.isPlain(path, range)
            ? path.extracting(range).equals(literal.utf8.span)
            : PercentEncoding.decode(path, range) == ByteText(literal)
    }
}
