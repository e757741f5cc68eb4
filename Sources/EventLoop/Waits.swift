/// Who waits on this loop for what: descriptors by key, sleepers by number, and when each has
/// waited long enough. Used on the loop's thread alone.
struct Waits: ~Copyable {
    enum Target {
        case watch(UInt64)
        case sleeper(UInt64)
    }

    var timers = Timers<Target>()
    private var watches: [Unmanaged<Watch>?] = []
    private var sleepers: [UInt64: UnsafeContinuation<Bool, Never>] = [:]
    private var serial: UInt64 = 0

    // MARK: Descriptors

    /// A key that no other watch ever has: the number, and above it a serial, so that an event that
    /// was fetched before a close cannot reach the next owner of the number.
    mutating func key(for number: Int32) -> UInt64 {
        serial = (serial + 1) & 0x7FFF_FFFF
        return serial << 32 | UInt64(number)
    }

    mutating func add(_ watch: Watch) {
        let number = Int(watch.number)
        while watches.count <= number { watches.append(nil) }
        watches[number] = .passUnretained(watch)
    }

    mutating func remove(_ watch: Watch) {
        let number = Int(watch.number)
        if find(watch.key) != nil { watches[number] = nil }
    }

    func descriptor(_ key: UInt64, became events: Poll.Events) {
        find(key)?.became(events)
    }

    private func find(_ key: UInt64) -> Watch? {
        let number = Int(key & 0xFFFF_FFFF)
        guard number < watches.count, let watch = watches[number]?.takeUnretainedValue(),
            watch.key == key
        else { return nil }
        return watch
    }

    // MARK: Time

    mutating func expire(_ due: (time: MonotonicTime, target: Target), at now: MonotonicTime) {
        switch due.target {
        case .sleeper(let number): sleepers.removeValue(forKey: number)?.resume(returning: true)
        case .watch(let key):
            guard let watch = find(key),
                let next = watch.expire(enrolledFor: due.time, at: now)
            else { return }
            timers.add(due.target, at: next)
        }
    }

    mutating func sleeperNumber() -> UInt64 {
        serial &+= 1
        return serial
    }

    mutating func sleep(
        _ number: UInt64, until time: MonotonicTime, _ continuation: UnsafeContinuation<Bool, Never>
    ) {
        sleepers[number] = continuation
        timers.add(.sleeper(number), at: time)
    }

    mutating func cancelSleep(_ number: UInt64) {
        sleepers.removeValue(forKey: number)?.resume(returning: false)
    }
}
