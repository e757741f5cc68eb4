import Encoding
import Program

/// The size of the store on the days of the last week, as a file that outlives a restart.
///
/// A line is `SECONDS BYTES`: the time since 1970, and the size then.
struct StoreGrowth: Sendable, Equatable {
    struct Size: Sendable, Equatable {
        /// Seconds since 1970.
        let at: Int64
        let bytes: Int
    }

    private static let day: Int64 = 86_400
    private static let hour: Int64 = 3600
    private static let sizesMax = 8

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

    init() {}

    /// Reads what `lines` writes. Lines that cannot be read are left out.
    init(lines: Span<UInt8>) {
        let bytes = lines.withUnsafeBufferPointer { Array($0) }
        for line in bytes.split(separator: UInt8(ascii: "\n")).prefix(Self.sizesMax) {
            let numbers = line.split(separator: UInt8(ascii: " ")).map {
                Int64(String(decoding: $0, as: UTF8.self))
            }
            guard numbers.count == 2, let at = numbers[0], let size = numbers[1],
                at > sizes.last?.at ?? 0, size >= 0
            else { continue }
            sizes.append(Size(at: at, bytes: Int(size)))
        }
    }

    var lines: [UInt8] { Array(sizes.map { "\($0.at) \($0.bytes)\n" }.joined().utf8) }
}

/// The file `store-growth` beside the session key, because a data folder holds nothing but the
/// store. It is written once a day. A failure costs only the file. Both calls block.
struct StoreGrowthFile: Sendable {
    private static let bytesMax = 4096

    private let file: PrivateFile

    /// - Parameter secret: A private file of the server.
    init(beside secret: String) {
        let path = PrivateFolder.holding(secret) + "/store-growth"
        file = PrivateFile(path: path, bytesMax: Self.bytesMax) { _ in
            StartFailure("\(path) cannot be read or written")
        }
    }

    /// Returns the sizes of the days before, or none.
    func read() -> StoreGrowth {
        let known = try? file.read { bytes throws(StartFailure) in StoreGrowth(lines: bytes) }
        return (known ?? nil) ?? StoreGrowth()
    }

    func write(_ growth: StoreGrowth) {
        try? file.change(decode: { _ throws(StartFailure) in }) { _ throws(StartFailure) in
            growth.lines
        }
    }
}
