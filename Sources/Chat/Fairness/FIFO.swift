/// A first-in, first-out queue. Adding and removing take constant time on average.
struct FIFO<Element> {
    /// The elements. Those before `start` have been removed.
    private var elements: [Element?] = []
    private var start = 0

    var count: Int { elements.count - start }
    var isEmpty: Bool { start == elements.count }
    var first: Element? { isEmpty ? nil : elements[start] }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        if isEmpty { return nil }
        let first = elements[start].take()
        start += 1
        // The rest moves up once half is gone, so that the cost per element stays constant.
        if start * 2 >= elements.count {
            elements.removeFirst(start)
            start = 0
        }
        return first
    }

    /// Removes the first element that satisfies the predicate. The cost grows with the number of
    /// elements.
    mutating func remove(where predicate: (Element) -> Bool) -> Element? {
        for index in start..<elements.count {
            guard let element = elements[index], predicate(element) else { continue }
            elements.remove(at: index)
            return element
        }
        return nil
    }
}
