internal import Encoding

/// The parts of records and changes.
extension JSONScanner {
    /// Reads the number of a change, which is below 2³².
    mutating func changeNumber(in bytes: Span<UInt8>) throws(JSONFault) -> UInt32 {
        let start = offset
        guard let number = UInt32(exactly: try integer(in: bytes)) else {
            throw JSONFault(offset: start, problem: .badNumber)
        }
        return number
    }

    mutating func userIDs(in bytes: Span<UInt8>) throws(JSONFault) -> [UserID] {
        try list(in: bytes) { scanner throws(JSONFault) in
            UserID(try scanner.string(in: bytes))
        }
    }

    /// Reads an array without blanks, as the store writes it.
    mutating func list<Element>(
        in bytes: Span<UInt8>,
        _ element: (inout JSONScanner) throws(JSONFault) -> Element
    ) throws(JSONFault) -> [Element] {
        try expect("[", in: bytes)
        var elements: [Element] = []
        if skip("]", in: bytes) { return elements }
        repeat { elements.append(try element(&self)) } while skip(",", in: bytes)
        try expect("]", in: bytes)
        return elements
    }
}
