internal import Glibc

/// An open descriptor with one owner. It is closed at the end of its owner.
package struct FileDescriptor: ~Copyable, Sendable {
    package let number: Int32

    package init(owning number: Int32) {
        self.number = number
    }

    deinit { close(number) }
}

/// A system call that failed, with the kernel's error number (errno(3)).
package struct SystemCallError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let number: Int32

    package init(_ call: StaticString, number: Int32) {
        self.call = call.description
        self.number = number
    }

    /// Returns the error of the call that has just failed on this thread.
    package static func last(_ call: StaticString) -> SystemCallError {
        SystemCallError(call, number: errno)
    }

    package var description: String { "\(call): \(String(cString: strerror(number)))" }
}
