package import Encoding

/// What a route's `{names}` stand for in a path, percent-decoded. They are few, so looking through
/// them is quicker than hashing.
package struct PathParameters: Sendable {
    private(set) var items: [(name: String, value: ByteText)] = []

    package init() {}

    package subscript(name: String) -> ByteText? {
        items.first { $0.name == name }?.value
    }

    mutating func add(_ name: String, _ value: ByteText) {
        items.append((name, value))
    }
}
