import Glibc

/// Whole reads and writes that wait for the file. A call that a signal interrupts is made again;
/// errno tells why a result is nil or false.
package enum BlockingIO {
    /// Fills `bytes` from the descriptor until they are full or the file ends. Returns how many
    /// bytes it read, or nil where a read failed.
    package static func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Int? {
        bytes.withUnsafeMutableBytes { raw in
            var count = 0
            while count < raw.count {
                let got = uninterrupted {
                    Glibc.read(descriptor, raw.baseAddress?.advanced(by: count), raw.count - count)
                }
                if got < 0 { return nil }
                if got == 0 { break }
                count += got
            }
            return count
        }
    }

    /// Returns what the descriptor holds, at most `bytesMax` bytes; nil where a read failed.
    ///
    /// It makes one allocation of the largest size: growing would leave copies of a secret behind.
    package static func read(_ descriptor: Int32, atMost bytesMax: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        guard let count = read(descriptor, into: &bytes) else { return nil }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Writes all of the bytes. Returns whether every write succeeded.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { raw in
            var count = 0
            while count < raw.count {
                let put = uninterrupted {
                    Glibc.write(descriptor, raw.baseAddress?.advanced(by: count), raw.count - count)
                }
                if put < 0 { return false }
                count += put
            }
            return true
        }
    }

    /// Returns the call's result, made again while a signal interrupts it.
    static func uninterrupted<Number: SignedInteger>(_ call: () -> Number) -> Number {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
