/// A first-in, first-out queue. Adding and taking cost the same however many elements wait.
struct FIFO<Element> {
    /// Those before `start` have been taken.
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
        // Moved up when half is gone, so that no element is moved twice.
        if start * 2 >= elements.count {
            elements.removeFirst(start)
            start = 0
        }
        return first
    }

    /// Takes out the first element that satisfies the predicate. Costs as much as elements wait.
    mutating func remove(where isMeant: (Element) -> Bool) -> Element? {
        for index in start..<elements.count {
            guard let element = elements[index], isMeant(element) else { continue }
            elements.remove(at: index)
            return element
        }
        return nil
    }
}
