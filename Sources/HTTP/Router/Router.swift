internal import Encoding

/// Finds the route of a request. The most specific pattern decides alone: if it lacks the method,
/// the answer is 405, even if a more general pattern has it.
package final class Router: Sendable {
    package enum Match: Sendable {
        case found(Route, parameters: PathParameters)
        /// OPTIONS without a route of its own. `allowed` is the value of Allow.
        case options(allowed: String)
        case methodNotAllowed(allowed: String)
        case notFound
    }

    private struct Literal {
        let path: [UInt8]
        let resource: Resource
    }

    /// The most specific first.
    private let resources: [Resource]
    private let withParameters: [Resource]
    /// The resources without parameters, by the length of their paths. Few have the same length,
    /// so a search costs 100 instructions. A dictionary costs 500, which is 2 % of a poll.
    private let literals: [[Literal]]
    private let allowedAnywhere: String
    /// Every route once, however many prefixes it has.
    package let routes: [Route]
    /// Counts the requests that reach no route.
    package let others = RouteCounts()

    /// Adds every route below each of the prefixes ("" is the root). A pair of method and path that
    /// occurs twice traps.
    package init(_ routes: [Route], prefixes: [String] = [""]) {
        self.routes = routes
        allowedAnywhere = Resource.allowed(by: routes)
        resources = Router.grouped(routes, prefixes)
            .sorted { $0.pattern.generality < $1.pattern.generality }
        withParameters = resources.filter { !$0.pattern.isLiteral }
        var literals: [[Literal]] = []
        for resource in resources where resource.pattern.isLiteral {
            let path = Array(resource.pattern.text.utf8)
            while literals.count <= path.count { literals.append([]) }
            literals[path.count].append(Literal(path: path, resource: resource))
        }
        self.literals = literals
    }

    package func match(_ request: Request) -> Match {
        request.withEncodedPath { match(request.method, $0) }
    }

    /// Finds the route of a path that is still percent-encoded, so that an escaped slash stays
    /// inside its segment.
    package func match(_ method: Method, _ path: Span<UInt8>) -> Match {
        if path.equals("*") { return .options(allowed: allowedAnywhere) }
        // CONNECT has a host and no path.
        if method == .connect { return .methodNotAllowed(allowed: allowedAnywhere) }
        if let resource = literal(path) { return resource.answer(method, PathParameters()) }
        let isPlain = PercentEncoding.isPlain(path, 0..<path.count)
        for resource in isPlain ? withParameters : resources {
            if let parameters = resource.pattern.match(path) {
                return resource.answer(method, parameters)
            }
        }
        return .notFound
    }

    private func literal(_ path: Span<UInt8>) -> Resource? {
        guard path.count < literals.count else { return nil }
        return literals[path.count].first { path.equals($0.path.span) }?.resource
    }

    private static func grouped(_ routes: [Route], _ prefixes: [String]) -> [Resource] {
        var groups: [(pattern: RoutePattern, routes: [Route])] = []
        for prefix in prefixes {
            for route in routes {
                let pattern = RoutePattern(prefix + route.pattern)
                guard let index = groups.firstIndex(where: { $0.pattern.overlaps(pattern) }) else {
                    groups.append((pattern, [route]))
                    continue
                }
                precondition(
                    !groups[index].routes.contains { $0.method == route.method },
                    "\(route.method.rawValue) \(route.pattern) is there twice")
                precondition(
                    groups[index].pattern == pattern,
                    "\(route.pattern) names its parameters differently than its neighbour")
                groups[index].routes.append(route)
            }
        }
        return groups.map { Resource($0.pattern, $0.routes) }
    }
}

/// The routes of one pattern, one for each accepted method.
final class Resource: Sendable {
    let pattern: RoutePattern
    private let routes: [Route]
    /// The value of Allow.
    private let allowed: String

    init(_ pattern: RoutePattern, _ routes: [Route]) {
        self.pattern = pattern
        self.routes = routes
        allowed = Resource.allowed(by: routes)
    }

    func answer(_ method: Method, _ parameters: PathParameters) -> Router.Match {
        let wanted: Method = method == .head && route(of: .head) == nil ? .get : method
        if let route = route(of: wanted) { return .found(route, parameters: parameters) }
        return method == .options
            ? .options(allowed: allowed) : .methodNotAllowed(allowed: allowed)
    }

    private func route(of method: Method) -> Route? {
        routes.first { $0.method == method }
    }

    /// Returns the value of Allow. GET implies HEAD, and OPTIONS is always answered.
    static func allowed(by routes: [Route]) -> String {
        var methods = Set(routes.map(\.method))
        if methods.contains(.get) { methods.insert(.head) }
        methods.insert(.options)
        return Method.allCases.filter(methods.contains).map(\.rawValue).joined(separator: ", ")
    }
}
