internal import EventLoop
internal import Glibc

/// Returns a file line by line. It reads the file once, in large pieces.
struct LineReader {
    private static let pieceBytes = 1 << 20

    private let file: any DiskFile
    private let lineBytesMax: Int
    /// The last line that was returned, and the bytes that were read after it.
    private(set) var bytes: [UInt8] = []
    private var nextLine = 0
    private var searched = 0
    private var isAtEnd = false
    /// The offset in the file at which `bytes` begins.
    private var start: Int64

    init(_ file: any DiskFile, from offset: Int64 = 0, lineBytesMax: Int) {
        self.file = file
        self.lineBytesMax = lineBytesMax
        start = offset
    }

    /// Returns the offset in the file of an index in `bytes`.
    func offset(of index: Int) -> Int64 { start + Int64(index) }

    /// Returns the range of the next line in `bytes` with its newline, or nil at the end of the
    /// file.
    ///
    /// The last line may lack a newline. A piece of a line longer than the limit has none.
    mutating func next() throws(SystemCallError) -> Range<Int>? {
        while true {
            if let end = endOfLine() {
                defer { nextLine = end }
                searched = end
                return nextLine..<end
            }
            searched = bytes.count
            if isAtEnd || bytes.count - nextLine >= lineBytesMax {
                guard nextLine < bytes.count else { return nil }
                defer { nextLine = bytes.count }
                return nextLine..<bytes.count
            }
            try readOn()
        }
    }

    private func endOfLine() -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard searched < bytes.count, let base = bytes.baseAddress,
                let newline = memchr(base + searched, 0x0A, bytes.count - searched)
            else { return nil }
            return UnsafeRawPointer(newline) - base + 1
        }
    }

    private mutating func readOn() throws(SystemCallError) {
        bytes.removeFirst(nextLine)
        start += Int64(nextLine)
        searched -= nextLine
        nextLine = 0
        let before = bytes.count
        try file.read(Self.pieceBytes, at: start + Int64(before), appendingTo: &bytes)
        isAtEnd = bytes.count - before < Self.pieceBytes
    }
}
