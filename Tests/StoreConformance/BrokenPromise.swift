import Storage

/// A violation of the contract of `ChatStore`.
package struct BrokenPromise: Error, CustomStringConvertible {
    package let description: String

    init(_ what: String, _ file: StaticString, _ line: UInt) {
        description = "\(file):\(line): \(what)"
    }
}

/// - Throws: `BrokenPromise` unless it is so.
func expect(
    _ isSo: Bool, _ what: @autoclosure () -> String, file: StaticString = #fileID,
    line: UInt = #line
) throws {
    if !isSo { throw BrokenPromise(what(), file, line) }
}

/// - Throws: `BrokenPromise` unless the two are equal.
func expect<Value: Equatable>(
    _ what: @autoclosure () -> String, _ found: Value, is expected: Value,
    file: StaticString = #fileID, line: UInt = #line
) throws {
    if found == expected { return }
    throw BrokenPromise("\(what()): \(found) instead of \(expected)", file, line)
}

/// Returns what is there.
///
/// - Throws: `BrokenPromise` where it is nil.
func require<Value>(
    _ value: Value?, _ what: @autoclosure () -> String, file: StaticString = #fileID,
    line: UInt = #line
) throws -> Value {
    guard let value else { throw BrokenPromise(what(), file, line) }
    return value
}

/// - Throws: `BrokenPromise` unless the body throws a fault for which `isMeant` holds.
func expectFault(
    _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line,
    where isMeant: (StorageFault) -> Bool, _ body: () async throws -> Void
) async throws {
    do {
        try await body()
    } catch let fault as StorageFault {
        if isMeant(fault) { return }
        throw BrokenPromise("\(what()): \(fault)", file, line)
    }
    throw BrokenPromise("\(what()): it is done", file, line)
}

extension StorageFault {
    var isRefusal: Bool {
        if case .refused = self { true } else { false }
    }
}
