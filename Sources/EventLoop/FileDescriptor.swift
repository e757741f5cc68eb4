internal import Glibc

/// An open descriptor with one owner: where the owner ends, it is closed.
package struct FileDescriptor: ~Copyable, Sendable {
    package let number: Int32

    package init(owning number: Int32) {
        self.number = number
    }

    deinit { close(number) }
}
