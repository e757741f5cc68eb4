internal import Encoding

/// Finds the route of a request. The most exact pattern decides alone: if it lacks the method, the
/// answer is 405, even where a looser pattern has it.
package struct Router: Sendable {
    package enum Match: Sendable {
        case found(Route, parameters: PathParameters)
        /// OPTIONS where no route answers it; `allowed` is what Allow says.
        case options(allowed: String)
        case methodNotAllowed(allowed: String)
        case notFound
    }

    private struct Resource {
        let pattern: RoutePattern
        var routes: [Route]
        var allowed = ""

        func answer(_ method: Method, _ parameters: PathParameters) -> Match {
            let wanted: Method = method == .head && !has(.head) ? .get : method
            if let route = routes.first(where: { $0.method == wanted }) {
                return .found(route, parameters: parameters)
            }
            return method == .options
                ? .options(allowed: allowed) : .methodNotAllowed(allowed: allowed)
        }

        private func has(_ method: Method) -> Bool {
            routes.contains { $0.method == method }
        }
    }

    private var resources: [Resource] = []
    /// Where in `resources` a path without parameters and escapes is, by its length in bytes: few
    /// are of the same.
    private var literals: [[(path: [UInt8], index: Int)]] = []
    /// Where in `resources` those with parameters begin.
    private var firstWithParameters = 0
    private let allowedAnywhere: String

    /// Every route answers below each of the prefixes ("" is the root). A pair of method and path
    /// that is there twice is a mistake of ours and traps.
    package init(_ routes: [Route], prefixes: [String] = [""]) {
        allowedAnywhere = Router.list(routes)
        for prefix in prefixes {
            for route in routes { insert(route, RoutePattern(prefix + route.pattern)) }
        }
        resources.sort { $0.pattern.openness < $1.pattern.openness }
        firstWithParameters = resources.firstIndex { !$0.pattern.isLiteral } ?? resources.endIndex
        for index in resources.indices {
            resources[index].allowed = Router.list(resources[index].routes)
        }
        for prefix in prefixes {
            for route in routes {
                let pattern = RoutePattern(prefix + route.pattern)
                guard let index = resources.firstIndex(where: { $0.pattern == pattern }),
                    pattern.isLiteral
                else { continue }
                addLiteral(Array((prefix + route.pattern).utf8), index)
            }
        }
    }

    package func match(_ request: Request) -> Match {
        match(request.method, request.encodedPath)
    }

    /// `path` is still percent-encoded, so that an escaped slash stays inside its segment.
    package func match(_ method: Method, _ path: String) -> Match {
        if path == "*" { return .options(allowed: allowedAnywhere) }
        // TRACE is never offered, and what CONNECT names is no path.
        if method == .connect || method == .trace {
            return .methodNotAllowed(allowed: allowedAnywhere)
        }
        let bytes = path.utf8.span
        if let index = literal(bytes) {
            return resources[index].answer(method, PathParameters())
        }
        let isPlain = PercentEncoding.isPlain(bytes, 0..<bytes.count)
        for resource in resources[(isPlain ? firstWithParameters : 0)...] {
            if let parameters = resource.pattern.match(bytes) {
                return resource.answer(method, parameters)
            }
        }
        return .notFound
    }

    private func literal(_ path: Span<UInt8>) -> Int? {
        guard path.count < literals.count else { return nil }
        for candidate in literals[path.count] where path.equals(candidate.path.span) {
            return candidate.index
        }
        return nil
    }

    private mutating func addLiteral(_ path: [UInt8], _ index: Int) {
        while literals.count <= path.count { literals.append([]) }
        if literal(path.span) == nil { literals[path.count].append((path, index)) }
    }

    private mutating func insert(_ route: Route, _ pattern: RoutePattern) {
        guard let index = resources.firstIndex(where: { $0.pattern.overlaps(pattern) }) else {
            return resources.append(Resource(pattern: pattern, routes: [route]))
        }
        precondition(
            !resources[index].routes.contains { $0.method == route.method },
            "\(route.method.rawValue) \(route.pattern) is there twice")
        precondition(
            resources[index].pattern == pattern,
            "\(route.pattern) names its parameters differently than its neighbour")
        resources[index].routes.append(route)
    }

    /// What Allow says of these routes: GET brings HEAD along, and OPTIONS is always answered.
    private static func list(_ routes: [Route]) -> String {
        var methods = Set(routes.map(\.method))
        if methods.contains(.get) { methods.insert(.head) }
        methods.insert(.options)
        return Method.allCases.filter(methods.contains).map(\.rawValue).joined(separator: ", ")
    }
}
