package import Encoding

/// The segments of a route's pattern.
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

    /// The number of parameters, and 1000 for a rest. The pattern with the lowest number decides.
    var generality: Int {
        segments.reduce(0) { sum, segment in
            switch segment {
            case .literal: sum
            case .parameter: sum + 1
            case .rest: sum + 1000
            }
        }
    }

    /// Returns whether both match the same paths. The names of parameters do not matter.
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

    /// Returns the parameters' values, or nil if the path does not match.
    ///
    /// - Parameter path: The path as sent, so that an escaped slash stays inside its segment.
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

/// The values of a route's `{names}` in a path, percent-decoded. They are few, so a linear search
/// is faster than hashing. Most routes have one, which needs no array.
package struct PathParameters: Sendable {
    private struct Item {
        let name: String
        let value: ByteText
    }

    private var first: Item?
    private var others: [Item] = []

    package init() {}

    var isEmpty: Bool { first == nil }

    package subscript(name: String) -> ByteText? {
        if let first, first.name == name { return first.value }
        return others.first { $0.name == name }?.value
    }

    mutating func add(_ name: String, _ value: ByteText) {
        let item = Item(name: name, value: value)
        if first == nil { first = item } else { others.append(item) }
    }

    /// All names with their values, in the order of the path.
    var items: [(name: String, value: ByteText)] {
        ((first.map { [$0] } ?? []) + others).map { ($0.name, $0.value) }
    }
}
