import Glibc

/// The descriptors 0, 1 and 2.
enum StandardStreams {
    /// Opens /dev/null in the place of each that the process was started without. Otherwise the
    /// next file or socket would get its number, and log lines would be written into that.
    static func fill() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) == -1 {
            // Takes the lowest number that is free, which is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Where even standard error is gone there is nobody left to tell.
    static func writeError(_ line: [UInt8]) { write(line, to: STDERR_FILENO) }

    /// Whoever closed it does not want to know.
    static func writeOutput(_ line: String) { write(Array("\(line)\n".utf8), to: STDOUT_FILENO) }

    /// One write(2) for the whole line, so that lines of two threads never mix.
    private static func write(_ line: [UInt8], to descriptor: Int32) {
        line.withUnsafeBytes { bytes in
            _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
    }
}
