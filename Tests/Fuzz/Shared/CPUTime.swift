import Glibc

/// A limit on the CPU time of an input. libFuzzer reports inputs that take seconds, but a server on
/// one loop suffers from much shorter ones.
struct TimeLimit {
    /// In nanoseconds, for whatever does not grow with the input.
    var constant: Double = 5e6
    /// In nanoseconds. The fuzzers need up to 500, what they check for themselves included, and
    /// twice that beside other load. To compare text by canonical equivalence takes 2,600 at
    /// 15 KiB and 11,000 at 62.
    var perByte: Double = 2000

    /// The number of tries of an expensive input. Other processes on the core, or first touches of
    /// a page, do not slow down each try.
    private static let repetitions = 3

    func nanoseconds(for byteCount: Int) -> Double { constant + perByte * Double(byteCount) }

    /// Ends the fuzzer where `work` costs too much for an input of that length, again and again.
    func check(_ byteCount: Int, _ name: StaticString, _ work: () -> Void) {
        let most = nanoseconds(for: byteCount)
        var least = Double.infinity
        for _ in 0..<Self.repetitions {
            least = min(least, cpuTime(of: work))
            if least <= most { return }
        }
        fail(name, spent: least, byteCount)
    }

    func fail(_ name: some CustomStringConvertible, spent: Double, _ byteCount: Int) -> Never {
        let (spent, most) = (Int(spent / 1e6), Int(nanoseconds(for: byteCount) / 1e6))
        fatalError("\(name) costs \(spent) ms of CPU for \(byteCount) bytes; \(most) ms at most")
    }
}

/// In nanoseconds, all threads of the process together.
func cpuTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

private func cpuTime(of work: () -> Void) -> Double {
    let start = cpuTime()
    work()
    return cpuTime() - start
}
