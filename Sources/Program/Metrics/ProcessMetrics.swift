import EventLoop
import Glibc
import Metrics

/// The memory, time and descriptors of the process, by the names that every Prometheus client
/// uses for them.
package enum ProcessMetrics {
    private static let startedAt = WallClock.seconds
    private static let startedOn = MonotonicTime.current()

    /// Notes the time of the start. Call it first.
    package static func noteStart() { _ = (startedAt, startedOn) }

    /// The time since the start.
    package static var uptime: Duration { MonotonicTime.current() - startedOn }

    /// Resident bytes; 0 if they cannot be read.
    package static var residentBytes: Int { Heap.residentBytes }

    static func write(to text: inout MetricsText) {
        let memory = text.gauge("process_resident_memory_bytes", "Resident memory.")
        text.sample(memory, residentBytes)
        let time = text.counter("process_cpu_seconds_total", "CPU time, of user and system.")
        text.sample(time, seconds: cpuSeconds)
        let start = text.gauge(
            "process_start_time_seconds", "Time of the start, in seconds since 1970.")
        text.sample(start, Int(startedAt))
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
        }
    }
}
