/// What answers at the paths of one pattern: a route for each method that is taken there.
final class Resource: Sendable {
    let pattern: RoutePattern
    private let routes: [Route]
    /// What Allow says.
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

    /// GET brings HEAD along, and OPTIONS is always answered.
    static func allowed(by routes: [Route]) -> String {
        var methods = Set(routes.map(\.method))
        if methods.contains(.get) { methods.insert(.head) }
        methods.insert(.options)
        return Method.allCases.filter(methods.contains).map(\.rawValue).joined(separator: ", ")
    }
}
