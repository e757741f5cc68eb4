import Synchronization

/// A value that a test shares with tasks or threads.
package final class Shared<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    package init(_ value: Value) {
        stored = Mutex(value)
    }

    package var value: Value {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}

extension Shared where Value == Int {
    package func add(_ number: Int = 1) {
        stored.withLock { $0 += number }
    }
}

extension Shared where Value: RangeReplaceableCollection {
    package func append(_ element: Value.Element) {
        stored.withLock { $0.append(element) }
    }
}
