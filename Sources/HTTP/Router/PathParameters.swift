/// What a route's `{names}` stand for in a path, percent-decoded. They are few, so looking through
/// them is quicker than hashing.
package struct PathParameters: Sendable {
    private(set) var items: [(name: String, value: String)] = []

    package init() {}

    package subscript(name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    mutating func add(_ name: String, _ value: String) {
        items.append((name, value))
    }
}
