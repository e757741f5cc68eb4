import Storage

/// Bounds how many pages of histories are read, opened and encoded at once, each of which is in
/// memory several times meanwhile. Those that wait go in turns of their readers, so that one who
/// reads much keeps no other waiting. Not Sendable: it lives on the loop.
final class PageTurns {
    private let countMax: Int
    private var count = 0
    private var waiting: [UserID: [UnsafeContinuation<Void, Never>]] = [:]
    /// Readers that wait, the next one first; each stands there once.
    private var order: [UserID] = []

    init(countMax: Int = 64) {
        self.countMax = countMax
    }

    /// Returns when it is the reader's turn. Must be given back.
    func take(for reader: UserID) async {
        if count < countMax {
            count += 1
            return
        }
        await withUnsafeContinuation { continuation in
            if waiting[reader] == nil { order.append(reader) }
            waiting[reader, default: []].append(continuation)
        }
    }

    /// Passes the turn on to the first page of the reader that is next.
    func giveBack() {
        guard !order.isEmpty else {
            count -= 1
            return
        }
        let reader = order.removeFirst()
        guard var pages = waiting.removeValue(forKey: reader) else {
            preconditionFailure("whoever stands in the order waits")
        }
        let next = pages.removeFirst()
        if !pages.isEmpty {
            waiting[reader] = pages
            order.append(reader)
        }
        next.resume()
    }
}
