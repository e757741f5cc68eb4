package import Encoding
@_spi(_Unicode) import Swift

/// Text as a search compares it: without case, in canonical decomposition, and without accents if
/// the query has none.
///
/// Each scalar is folded by itself, so the cost grows with the length of the text and nothing else.
/// Canonical order is made of at most `sortedMarksMax` marks at a time. No language writes more on
/// a letter, and a longer sort would cost more than their number.
package struct TextFolding: Sendable {
    private static let sortedMarksMax = 8
    /// Scalars below this are folded once and looked up afterwards.
    private static let tableCount = 0x2000

    package let keepsAccents: Bool

    /// Reads from a query whether accents count: they do if the query has one.
    package init(for query: ByteText) {
        keepsAccents = query.string.unicodeScalars.contains { scalar in
            Self.decomposed(scalar).contains { Self.isAccent($0) }
        }
    }

    /// Calls `body` with each folded scalar, until it returns false.
    package func forEach(
        in text: some Collection<UInt8>, _ body: (Unicode.Scalar) -> Bool
    ) {
        var marks: [Unicode.Scalar] = []
        var decoder = UTF8()
        var bytes = text.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&bytes) {
            if scalar.value < 0x80 {
                guard flush(&marks, body), body(Self.lowercased(scalar)) else { return }
                continue
            }
            if !keepsAccents, scalar.value < Self.tableCount,
                let folded = Self.withoutAccents[Int(scalar.value)]
            {
                guard body(folded) else { return }
                continue
            }
            for part in Self.decomposed(scalar) {
                if !Self.isMark(part) {
                    guard flush(&marks, body), body(part) else { return }
                } else if keepsAccents || !Self.isAccent(part) {
                    if marks.count == Self.sortedMarksMax, !flush(&marks, body) { return }
                    marks.append(part)
                }
            }
        }
        _ = flush(&marks, body)
    }

    /// Passes on the marks of a letter in canonical order (Unicode §3.11). The sort is stable.
    private func flush(
        _ marks: inout [Unicode.Scalar], _ body: (Unicode.Scalar) -> Bool
    ) -> Bool {
        if marks.isEmpty { return true }
        for index in marks.indices.dropFirst() {
            var place = index
            while place > 0, Self.order(marks[place]) < Self.order(marks[place - 1]) {
                marks.swapAt(place, place - 1)
                place -= 1
            }
        }
        defer { marks.removeAll(keepingCapacity: true) }
        return marks.allSatisfy { body($0) }
    }

    private static func order(_ scalar: Unicode.Scalar) -> UInt8 {
        scalar.properties.canonicalCombiningClass.rawValue
    }

    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x300 && order(scalar) != 0
    }

    /// Returns whether a mark is an accent. Accents stand above, below or through a letter (classes
    /// 200 and higher). The points of Hebrew and Arabic (10 to 36) are accents too, because most
    /// texts leave them out. Marks that make another letter, as the voicing of kana does, are none.
    private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        let order = scalar.value < 0x300 ? 0 : order(scalar)
        return order >= 200 || (10...36).contains(order)
    }

    private static func lowercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value).asciiLowercased)
    }

    /// Returns the scalar in lower case and canonical decomposition. The standard library offers
    /// decomposition only as SPI. One scalar has a few parts at most.
    private static func decomposed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if scalar.value < 0x80 { return [lowercased(scalar)] }
        return scalar.properties.lowercaseMapping._nfd.map { $0 == "ς" ? "σ" : $0 }
    }

    /// The folded scalar of each that folds to a single one without accents, and nil for any other.
    private static let withoutAccents: [Unicode.Scalar?] = (0..<UInt32(tableCount)).map { value in
        guard let scalar = Unicode.Scalar(value) else { return nil }
        let parts = decomposed(scalar).filter { !isAccent($0) }
        guard parts.count == 1, !isMark(parts[0]) else { return nil }
        return parts[0]
    }
}

/// A query, prepared so that finding it takes time linear in the length of a text (the automaton of
/// Knuth, Morris and Pratt).
package struct TextPattern: Sendable {
    private let folding: TextFolding
    private let scalars: [Unicode.Scalar]
    /// For each prefix, the length of its longest proper prefix that is also its suffix.
    private let borders: [Int]

    /// Returns nil for a text without anything to look for.
    package init?(_ query: ByteText) {
        folding = TextFolding(for: query)
        var scalars: [Unicode.Scalar] = []
        folding.forEach(in: query.utf8) { scalar in
            scalars.append(scalar)
            return true
        }
        guard !scalars.isEmpty else { return nil }
        var borders = [0]
        for index in scalars.indices.dropFirst() {
            var length = borders[index - 1]
            while length > 0, scalars[length] != scalars[index] { length = borders[length - 1] }
            borders.append(scalars[length] == scalars[index] ? length + 1 : length)
        }
        self.scalars = scalars
        self.borders = borders
    }

    /// Returns whether the query stands anywhere in a text of UTF-8. A letter is not found in the
    /// same letter with a mark that counts.
    package func isFound(in text: some Collection<UInt8>) -> Bool {
        var matched = 0
        folding.forEach(in: text) { scalar in
            if matched == scalars.count {
                guard TextFolding.isMark(scalar) else { return false }
                matched = borders[matched - 1]
            }
            while matched > 0, scalars[matched] != scalar { matched = borders[matched - 1] }
            if scalars[matched] == scalar { matched += 1 }
            return true
        }
        return matched == scalars.count
    }
}
