internal import EventLoop
internal import Glibc

/// Hands out a file line by line, reading it once in large pieces.
struct LineReader {
    private static let pieceBytes = 1 << 20

    private let file: any DiskFile
    private let lineBytesMax: Int
    /// What has been read and not been handed out, and the line handed out last.
    private(set) var bytes: [UInt8] = []
    private var nextLine = 0
    private var searched = 0
    private var isAtEnd = false
    /// Where in the file `bytes` begins.
    private var start: Int64

    init(_ file: any DiskFile, from offset: Int64 = 0, lineBytesMax: Int) {
        self.file = file
        self.lineBytesMax = lineBytesMax
        start = offset
    }

    /// Where in the file something in `bytes` lies.
    func offset(of index: Int) -> Int64 { start + Int64(index) }

    /// Where in `bytes` the next line lies, its newline included; nil at the end of the file.
    /// The last line may lack its newline; so does a piece of a line longer than the limit.
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
