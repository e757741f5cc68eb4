import Glibc

/// A file that holds a secret two programs share.
package enum SecretFile {
    /// A longer file is taken for a mistake.
    package static let bytesMax = 4096

    /// What the file holds, without a trailing newline. An empty secret is refused: it would let
    /// everybody in while looking like protection. So is one that cannot stand in a header field.
    package static func read(_ path: String) throws(StartFailure) -> Secret {
        var bytes = try contents(of: path)
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
            bytes[bytes.count - 1] = 0
            bytes.removeLast()
        }
        if bytes.isEmpty {
            throw StartFailure("secret file \(path) is empty: put a secret into it")
        }
        if !bytes.allSatisfy({ (0x21...0x7E).contains($0) }) {
            wipe(&bytes)
            throw StartFailure(
                "secret file \(path) must hold one line of printable ASCII without spaces")
        }
        return Secret(taking: &bytes)
    }

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
