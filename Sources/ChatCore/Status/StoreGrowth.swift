import Glibc

/// The size of the store on the days of the last week, in a file of the data folder, so that it
/// outlives a restart. The file is written once a day.
///
/// A line is `SECONDS BYTES`: the time since 1970, and the size then.
struct StoreGrowth: Sendable, Equatable {
    struct Size: Sendable, Equatable {
        /// Seconds since 1970.
        let at: Int64
        let bytes: Int
    }

    private static let name = "growth"
    private static let day: Int64 = 86_400
    private static let hour: Int64 = 3600
    private static let sizesMax = 8
    private static let fileBytesMax = 4096

    private(set) var sizes: [Size] = []

    /// Adds a size if the last one is a day old. Returns whether it did.
    mutating func add(_ bytes: Int, at now: Int64) -> Bool {
        // A clock that was put back makes later sizes meaningless.
        sizes.removeAll { $0.at > now }
        if let last = sizes.last, now - last.at < Self.day { return false }
        sizes.append(Size(at: now, bytes: bytes))
        if sizes.count > Self.sizesMax { sizes.removeFirst() }
        return true
    }

    /// Returns the bytes of growth in a day; nil before the first hour is over.
    func bytesPerDay(_ bytes: Int, at now: Int64) -> Int? {
        guard let first = sizes.first(where: { now - $0.at <= Self.day * 7 }) ?? sizes.last
        else { return nil }
        let seconds = now - first.at
        guard seconds >= Self.hour else { return nil }
        return Int(Double(bytes - first.bytes) / Double(seconds) * Double(Self.day))
    }

    /// Reads the file. Lines that cannot be read are left out.
    static func read(data: String) -> StoreGrowth {
        var growth = StoreGrowth()
        let file = open("\(data)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return growth }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: fileBytesMax)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count > 0 else { return growth }
        for line in bytes[..<count].split(separator: UInt8(ascii: "\n")).prefix(sizesMax) {
            let numbers = line.split(separator: UInt8(ascii: " ")).map {
                Int64(String(decoding: $0, as: UTF8.self))
            }
            guard numbers.count == 2, let at = numbers[0], let size = numbers[1],
                at > growth.sizes.last?.at ?? 0, size >= 0
            else { continue }
            growth.sizes.append(Size(at: at, bytes: Int(size)))
        }
        return growth
    }

    /// Writes the file. A failure costs only the file.
    func write(data: String) {
        let file = open(
            "\(data)/\(Self.name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        let text = sizes.map { "\($0.at) \($0.bytes)\n" }.joined()
        _ = Glibc.write(file, text, text.utf8.count)
    }
}
