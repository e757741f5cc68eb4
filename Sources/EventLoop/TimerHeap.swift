/// What is due when: a binary heap with the earliest at the front.
///
/// Nothing is ever taken out before its time. Most deadlines are moved on long before they come, so
/// whoever is called finds out for itself whether it is still meant.
struct TimerHeap<Target> {
    private var heap: [(time: MonotonicTime, target: Target)] = []

    var earliest: MonotonicTime? { heap.first?.time }

    mutating func add(_ target: Target, at time: MonotonicTime) {
        heap.append((time, target))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// The earliest target that is due, with the time it was added for, taken out.
    mutating func popDue(at now: MonotonicTime) -> (time: MonotonicTime, target: Target)? {
        guard let first = heap.first, first.time <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)..<(2 * parent + 3)
            where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
