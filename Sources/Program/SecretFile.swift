import Cryptography
import Glibc

/// A file that holds a secret.
package enum SecretFile {
    /// A longer file is taken for a mistake.
    package static let bytesMax = 4096

    /// Whatever bytes the file holds, at most `bytesMax`; the caller wipes them.
    package static func contents(of path: String) throws(StartFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("read secret file", path) }
        defer { close(descriptor) }
        // One allocation of the largest size: growing would leave copies behind.
        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { raw in
                Glibc.read(descriptor, raw.baseAddress?.advanced(by: count), raw.count - count)
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .last("read secret file", path) }
            if got == 0 { break }
            count += got
        }
        guard count <= bytesMax else {
            wipe(&bytes)
            throw StartFailure("secret file \(path) is longer than \(bytesMax) bytes")
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
