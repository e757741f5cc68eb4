/// Fields that many responses share, written out once and not for each of them.
package struct FieldLines: Sendable {
    let bytes: [UInt8]

    package var isEmpty: Bool { bytes.isEmpty }

    package static let none = FieldLines([])

    /// Names come from our own source; control characters in a value become spaces.
    package init(_ fields: [(name: StaticString, value: String)]) {
        var bytes: [UInt8] = []
        for (name, value) in fields { bytes.append(field: name, value) }
        self.bytes = bytes
    }
}
