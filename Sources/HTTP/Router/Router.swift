package import Encoding

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

    private struct Literal {
        let path: [UInt8]
        let resource: Resource
    }

    /// The most exact first.
    private let resources: [Resource]
    private let withParameters: [Resource]
    /// Those of a path without parameters, by its length in bytes: few are of the same.
    private var literals: [[Literal]] = []
    private let allowedAnywhere: String

    /// Every route answers below each of the prefixes ("" is the root). A pair of method and path
    /// that is there twice is a mistake of ours and traps.
    package init(_ routes: [Route], prefixes: [String] = [""]) {
        allowedAnywhere = Resource.allowed(by: routes)
        resources = Router.grouped(routes, prefixes)
            .sorted { $0.pattern.generality < $1.pattern.generality }
        withParameters = resources.filter { !$0.pattern.isLiteral }
        for resource in resources where resource.pattern.isLiteral {
            let path = Array(resource.pattern.text.utf8)
            while literals.count <= path.count { literals.append([]) }
            literals[path.count].append(Literal(path: path, resource: resource))
        }
    }

    package func match(_ request: Request) -> Match {
        match(request.method, request.encodedPath)
    }

    /// `path` is still percent-encoded, so that an escaped slash stays inside its segment.
    package func match(_ method: Method, _ path: ByteText) -> Match {
        if path == "*" { return .options(allowed: allowedAnywhere) }
        // CONNECT names a host and no path.
        if method == .connect { return .methodNotAllowed(allowed: allowedAnywhere) }
        let bytes = path.utf8.span
        if let resource = literal(bytes) { return resource.answer(method, PathParameters()) }
        let isPlain = PercentEncoding.isPlain(bytes, 0..<bytes.count)
        for resource in isPlain ? withParameters : resources {
            if let parameters = resource.pattern.match(bytes) {
                return resource.answer(method, parameters)
            }
        }
        return .notFound
    }

    private func literal(_ path: Span<UInt8>) -> Resource? {
        guard path.count < literals.count else { return nil }
        for literal in literals[path.count] where path.equals(literal.path.span) {
            return literal.resource
        }
        return nil
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
