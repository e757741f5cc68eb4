import Glibc

enum MonotonicClock {
    static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The durations of single calls in microseconds.
struct Latencies {
    private(set) var all: [Double] = []

    mutating func measure(_ call: () async throws -> Void) async rethrows {
        let start = MonotonicClock.seconds
        try await call()
        all.append((MonotonicClock.seconds - start) * 1e6)
    }

    mutating func add(_ other: Latencies) { all += other.all }

    func percentile(_ percent: Int) -> Int {
        let sorted = all.sorted()
        return sorted.isEmpty ? 0 : Int(sorted[(sorted.count - 1) * percent / 100])
    }
}

/// The kernel's counters of this process.
enum Process {
    /// Numbers of lines `name: number …` in a file of /proc/self.
    static func numbers(in file: String, _ names: [String]) -> [String: Int] {
        guard let stream = fopen("/proc/self/\(file)", "r") else { return [:] }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = fread(&bytes, 1, bytes.count, stream)
        var found: [String: Int] = [:]
        for line in String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n") {
            let words = line.split { $0 == ":" || $0 == " " || $0 == "\t" }
            guard words.count > 1, names.contains(String(words[0])) else { continue }
            found[String(words[0])] = Int(words[1])
        }
        return found
    }
}
