#if Postgres
    internal import Glibc

    /// Waits for a descriptor that a library owns, such as the socket of a database connection. It
    /// is used on the loop's thread.
    ///
    /// It watches a duplicate, so the library may close its own at any time.
    package final class DescriptorWatch {
        private let readiness: DescriptorReadiness
        private var duplicate: FileDescriptor?
        private let number: Int32

        package init(_ number: Int32, loop: EventLoop) throws(SystemCallError) {
            let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { throw .last("fcntl") }
            let duplicate = FileDescriptor(owning: copy)
            readiness = try DescriptorReadiness(copy, loop: loop)
            self.number = copy
            self.duplicate = consume duplicate
        }

        deinit { readiness.close() }

        package func close() {
            readiness.close()
            duplicate = nil
        }

        package nonisolated(nonsending) func waitReadable(
            until deadline: MonotonicTime
        ) async throws(SocketFault) {
            try await wait(.input, POLLIN, until: deadline)
        }

        package nonisolated(nonsending) func waitWritable(
            until deadline: MonotonicTime
        ) async throws(SocketFault) {
            try await wait(.output, POLLOUT, until: deadline)
        }

        /// The library reads and writes by itself, and does not say when a call would wait. So
        /// poll(2) is asked first, and epoll reports later changes.
        private nonisolated(nonsending) func wait(
            _ direction: DescriptorReadiness.Direction, _ events: Int32,
            until deadline: MonotonicTime
        ) async throws(SocketFault) {
            readiness.setUnready(direction)
            var watched = pollfd(fd: number, events: Int16(events), revents: 0)
            if poll(&watched, 1, 0) != 0 { return }
            try await readiness.wait(direction, until: deadline)
        }
    }
#endif
