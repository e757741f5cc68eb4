package import Cryptography
import Glibc

/// The failure of a start or a command: one line with the fault and its remedy. It ends the process
/// with a non-zero status (`Launch`).
package struct StartFailure: Error, Equatable, CustomStringConvertible {
    package let description: String
    package let exitStatus: Int32

    package init(_ description: String, exitStatus: Int32 = EXIT_FAILURE) {
        self.description = description
        self.exitStatus = exitStatus
    }

    /// Tells which call of OpenSSL failed, and what for.
    package init(_ purpose: String, _ fault: OpenSSLFault) {
        self.init("\(purpose): \(fault.call) failed")
    }

    package init(_ fault: OpenSSLFault) {
        self.init("\(fault.call) failed")
    }

    /// Returns `cannot read /a/file: why`, for the system call that has just failed on this thread
    /// or for the given errno.
    package static func last(
        _ verb: String, _ path: String, _ number: Int32 = errno
    ) -> StartFailure {
        StartFailure("cannot \(verb) \(path): \(String(cString: strerror(number)))")
    }

    /// Runs `body`, and adds the option at fault to its failure: `…; see --data (CHATCORE_DATA)`.
    package static func naming<Result>(
        _ option: String, _ body: () throws(StartFailure) -> Result
    ) throws(StartFailure) -> Result {
        do { return try body() } catch { throw StartFailure("\(error); see \(option)") }
    }
}

extension RandomBytes {
    /// Returns `count` fresh bytes, for a program that cannot go on without them.
    package static func forStart(_ count: Int) throws(StartFailure) -> [UInt8] {
        do throws(OpenSSLFault) { return try make(count) } catch {
            throw StartFailure("the system gives no random bytes")
        }
    }
}
