internal import Storage

/// Decides on the proposals of one batch, in their order.
struct Batch {
    private(set) var set: WorkingSet
    /// The proposals that are judged.
    private(set) var judged: [Proposal] = []
    /// The proposals that have to wait for the next batch.
    private(set) var waiting: [Proposal]
    private var isFull = false

    init(_ proposals: [Proposal], head: StoreHead) {
        set = WorkingSet(head: head)
        waiting = proposals
    }

    mutating func take(_ rows: some Sequence<Rows>, of loading: Loading) {
        loading.take(rows, into: &set)
    }

    /// Judges the proposals as far as the loaded rows allow. Returns what has to be loaded before
    /// the next one, or nil if the batch is complete.
    mutating func judge() -> Wanted? {
        var index = 0
        defer { waiting.removeFirst(index) }
        while index < waiting.count, !isFull {
            let proposal = waiting[index]
            do {
                if let change = try proposal.decide(in: set) {
                    let missing = set.missing(Wanted(change))
                    if !missing.isEmpty { return self.missing(from: index) }
                    if let problem = try set.refusal(of: change) {
                        throw StorageFault.refused(problem)
                    }
                    if set.mustWait(for: change) { break }
                    set.apply(change)
                    isFull = change.isAlone
                }
                proposal.refusal = nil
            } catch {
                proposal.refusal = error
            }
            judged.append(proposal)
            index += 1
        }
        return nil
    }

    /// Returns what all of the rest would need by the facts of now. Decisions are pure.
    private func missing(from index: Int) -> Wanted {
        var wanted = Wanted()
        for proposal in waiting[index...] {
            if case .success(let change?) = Result(catching: { try proposal.decide(in: set) }) {
                wanted.add(change)
            }
        }
        return set.missing(wanted)
    }
}

extension Wanted {
    fileprivate init(_ change: Change) {
        self.init()
        add(change)
    }
}
