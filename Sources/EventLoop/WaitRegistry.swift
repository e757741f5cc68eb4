/// The descriptors and sleeping tasks of one loop, and the timers of both. Used on the loop's
/// thread alone.
struct WaitRegistry: ~Copyable {
    enum Target {
        case descriptor(UInt64)
        case sleeper(UInt64)
    }

    var timers = TimerHeap<Target>()
    /// The registered descriptors, by number.
    private var descriptors: [Unmanaged<DescriptorReadiness>?] = []
    /// The waiters of sleeping tasks. They resume with false if the task is cancelled.
    private var sleepers: [UInt64: Waiter<Bool>] = [:]
    private var serial: UInt64 = 0

    // MARK: Descriptors

    /// Returns a unique key: the descriptor's number, and a serial above it. The kernel reuses
    /// numbers, so an event fetched before a close must not reach the number's next owner.
    mutating func key(for number: Int32) -> UInt64 {
        serial = (serial + 1) & 0x7FFF_FFFF
        return serial << 32 | UInt64(number)
    }

    mutating func add(_ readiness: DescriptorReadiness) {
        let number = Int(readiness.number)
        while descriptors.count <= number { descriptors.append(nil) }
        descriptors[number] = .passUnretained(readiness)
    }

    mutating func remove(_ readiness: DescriptorReadiness) {
        let number = Int(readiness.number)
        if find(readiness.key) != nil { descriptors[number] = nil }
    }

    func update(_ key: UInt64, with events: Epoll.Events) {
        find(key)?.update(events)
    }

    private func find(_ key: UInt64) -> DescriptorReadiness? {
        let number = Int(key & 0xFFFF_FFFF)
        guard number < descriptors.count,
            let readiness = descriptors[number]?.takeUnretainedValue(),
            readiness.key == key
        else { return nil }
        return readiness
    }

    // MARK: Time

    /// Passes a timer to its target, and adds the target's next timer.
    mutating func expire(_ due: (time: MonotonicTime, target: Target), at now: MonotonicTime) {
        switch due.target {
        case .sleeper(let number): endSleep(number, isCancelled: false)
        case .descriptor(let key):
            guard let readiness = find(key),
                let next = readiness.expire(timerFor: due.time, at: now)
            else { return }
            timers.add(due.target, at: next)
        }
    }

    mutating func nextSleeperNumber() -> UInt64 {
        serial &+= 1
        return serial
    }

    mutating func addSleeper(_ number: UInt64, _ waiter: Waiter<Bool>, until time: MonotonicTime) {
        sleepers[number] = waiter
        timers.add(.sleeper(number), at: time)
    }

    mutating func endSleep(_ number: UInt64, isCancelled: Bool) {
        sleepers.removeValue(forKey: number)?.resume(returning: !isCancelled)
    }
}
