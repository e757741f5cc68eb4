internal import Glibc

/// A system call that failed, and why: the kernel's error number (errno(3)).
package struct SystemCallError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let number: Int32

    package init(_ call: StaticString, number: Int32) {
        self.call = call.description
        self.number = number
    }

    /// For the call that has just failed on this thread.
    package static func last(_ call: StaticString) -> SystemCallError {
        SystemCallError(call, number: errno)
    }

    package var description: String { "\(call): \(String(cString: strerror(number)))" }
}
