/// Targets and the times at which they are due: a binary heap with the earliest entry at the front.
///
/// No entry is removed before its time. Most deadlines move later before they are reached, so a
/// target that is due checks itself whether it still waits.
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

    /// Removes and returns the earliest target if it is due, with the time it was added for.
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
