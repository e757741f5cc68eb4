internal import CLinux
internal import Glibc

/// An epoll(7) instance, edge-triggered, with an eventfd(2) by which other threads wake it.
final class Epoll {
    private static let eventsPerWait = 256
    /// The key of the eventfd. Keys of descriptors are below 2^63.
    private static let wakeKey = UInt64.max

    private let epoll: FileDescriptor
    private let wakeUp: FileDescriptor
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(SystemCallError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw .last("epoll_create1") }
        epoll = FileDescriptor(owning: number)
        let wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wake >= 0 else { throw .last("eventfd") }
        wakeUp = FileDescriptor(owning: wake)
        events = .allocate(capacity: Self.eventsPerWait)
        try add(wake, key: Self.wakeKey, events: EPOLLIN.rawValue)
    }

    deinit { events.deallocate() }

    /// Registers a descriptor. It is reported under `key` when it becomes readable or writable, or
    /// when the peer ends.
    func add(_ number: Int32, key: UInt64) throws(SystemCallError) {
        let watched = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        try add(number, key: key, events: watched)
    }

    /// Ends the wait that is under way, or the next one. May be called from any thread.
    func wake() {
        var one: UInt64 = 1
        write(wakeUp.number, &one, 8)
    }

    /// Waits for at most that time, and passes each event with its key to `report`.
    func wait(milliseconds: Int32, _ report: (UInt64, Events) -> Void) {
        let count = epoll_wait(epoll.number, events, Int32(Self.eventsPerWait), milliseconds)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let key = events[index].data.u64
            if key == Self.wakeKey {
                var sum: UInt64 = 0
                read(wakeUp.number, &sum, 8)
            } else {
                report(key, Events(rawValue: events[index].events))
            }
        }
    }

    private func add(_ number: Int32, key: UInt64, events: UInt32) throws(SystemCallError) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: key))
        guard epoll_ctl(epoll.number, EPOLL_CTL_ADD, number, &event) == 0 else {
            throw .last("epoll_ctl")
        }
    }

    struct Events: OptionSet {
        let rawValue: UInt32
        static let readable = Events(rawValue: EPOLLIN.rawValue)
        static let writable = Events(rawValue: EPOLLOUT.rawValue)
        /// No more input arrives, and epoll may never report again.
        static let ended = Events(
            rawValue: EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue)
    }
}
