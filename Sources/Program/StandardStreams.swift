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
}
