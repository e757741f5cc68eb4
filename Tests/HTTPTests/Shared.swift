import Synchronization

/// A value that a test shares with its server.
final class Shared<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) {
        stored = Mutex(value)
    }

    var value: Value {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}

extension Shared where Value == Int {
    func add(_ number: Int) {
        stored.withLock { $0 += number }
    }
}
