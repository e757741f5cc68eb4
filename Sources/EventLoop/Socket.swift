internal import CLinux
internal import Glibc

/// A connected stream socket. Used on its loop's thread alone, which is why it is not Sendable.
package final class Socket {
    package let peer: SocketAddress
    package let loop: EventLoop
    let readiness: DescriptorReadiness
    private var descriptor: FileDescriptor?
    private let number: Int32

    package init(
        owning descriptor: consuming FileDescriptor, peer: SocketAddress, loop: EventLoop
    ) throws(SystemCallError) {
        self.peer = peer
        self.loop = loop
        number = descriptor.number
        readiness = try DescriptorReadiness(number, loop: loop)
        self.descriptor = consume descriptor
    }

    deinit { readiness.close() }

    /// The peer has ended its side or the connection is broken; there may still be input to read.
    package var peerHasEnded: Bool { readiness.hasEnded }

    /// False where a read would certainly wait.
    package var mayHaveInput: Bool { readiness.input.isReady }

    /// Returns once there is something to read (or the end of input), holding no room meanwhile.
    package nonisolated(nonsending) func waitReadable(until deadline: MonotonicTime? = nil)
        async throws(SocketFault)
    {
        try await readiness.wait(readiness.input, until: deadline)
    }

    /// Returns once the kernel says anew that it takes output, or that the connection failed.
    nonisolated(nonsending) func waitForNextWritable(until deadline: MonotonicTime?)
        async throws(SocketFault)
    {
        readiness.output.isReady = false
        try await readiness.wait(readiness.output, until: deadline)
    }

    /// The error that the kernel keeps for this socket (SO_ERROR), 0 if there is none.
    func pendingError() -> Int32 {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &length)
        return error
    }

    /// Appends what has arrived, at most `max` bytes (and 64 KiB), waiting for the first of them.
    ///
    /// Returns how many bytes came; 0 is the end of input.
    package nonisolated(nonsending) func read(
        appendingTo buffer: inout [UInt8], max: Int, until deadline: MonotonicTime? = nil
    ) async throws(SocketFault) -> Int {
        let room = min(max, loop.readBuffer.count)
        while true {
            try await readiness.wait(readiness.input, until: deadline)
            guard descriptor != nil else { throw .closed }
            let count = recv(number, loop.readBuffer.baseAddress, room, 0)
            if count >= 0 {
                // Less than there was room for: nothing is left, and an edge will tell of more.
                if count < room, !readiness.hasEnded { readiness.input.isReady = false }
                buffer.append(
                    contentsOf: UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]))
                return count
            }
            switch errno {
            case EAGAIN: readiness.input.isReady = false
            case EINTR: continue
            case let number: throw .system(SystemCallError("recv", number: number))
            }
        }
    }

    /// Writes all the bytes.
    package nonisolated(nonsending) func write(
        _ bytes: [UInt8], until deadline: MonotonicTime? = nil
    ) async throws(SocketFault) {
        try await write(bytes, [], until: deadline)
    }

    /// Writes both, one behind the other, in one system call where the kernel takes them.
    package nonisolated(nonsending) func write(
        _ first: [UInt8], _ second: [UInt8], until deadline: MonotonicTime? = nil
    ) async throws(SocketFault) {
        let range = 0..<second.count
        var sent = 0
        while true {
            sent += try writeNow(first, second, range, from: sent)
            if sent == first.count + range.count { return }
            try await waitWritable(until: deadline)
        }
    }

    /// Hands to the kernel what it takes now of `first` and of that range of `second` behind it,
    /// from byte `sent` of both on. Returns how many bytes it took.
    package func writeNow(
        _ first: [UInt8], _ second: [UInt8], _ range: Range<Int>, from sent: Int
    ) throws(SocketFault) -> Int {
        let total = first.count + range.count
        var end = sent
        while end < total, readiness.output.isReady {
            guard descriptor != nil else { throw .closed }
            let count = sendParts(first, second, range, from: end)
            if count >= 0 {
                end += count
                continue
            }
            switch errno {
            case EAGAIN: readiness.output.isReady = false
            case EINTR: continue
            case let number: throw .system(SystemCallError("sendmsg", number: number))
            }
        }
        return end - sent
    }

    /// Returns once the kernel may take output again.
    package nonisolated(nonsending) func waitWritable(until deadline: MonotonicTime?)
        async throws(SocketFault)
    {
        try await readiness.wait(readiness.output, until: deadline)
    }

    /// Tells the peer that nothing more comes; reading goes on.
    package func shutdownWriting() {
        guard descriptor != nil else { return }
        shutdown(number, Int32(SHUT_WR))
    }

    /// Closing it sends a reset from now on (SO_LINGER of no time), so that the peer does not take
    /// what came for all there was.
    package func resetOnClose() {
        guard descriptor != nil else { return }
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            number, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
    }

    package func close() {
        readiness.close()
        descriptor = nil
    }

    /// Out of line, so that what it needs is on the stack and not in a task that waits.
    @inline(never)
    private func sendParts(
        _ first: [UInt8], _ second: [UInt8], _ range: Range<Int>, from sent: Int
    ) -> Int {
        first.withUnsafeBytes { first in
            second.withUnsafeBytes { second in
                let start = min(sent, first.count)
                let secondStart = range.lowerBound + sent - start
                let firstRest = UnsafeRawBufferPointer(rebasing: first[start...])
                let secondRest = UnsafeRawBufferPointer(
                    rebasing: second[secondStart..<range.upperBound])
                if secondRest.isEmpty {
                    return send(number, firstRest.baseAddress, firstRest.count, flags)
                }
                var pieces: (iovec, iovec) = (iovec(firstRest), iovec(secondRest))
                return withUnsafeMutableBytes(of: &pieces) { pieces in
                    var message = msghdr()
                    message.msg_iov = pieces.assumingMemoryBound(to: iovec.self).baseAddress
                    message.msg_iovlen = 2
                    return sendmsg(number, &message, flags)
                }
            }
        }
    }

    /// A peer that is gone is an error to handle, not a signal that ends the process.
    private var flags: Int32 { Int32(MSG_NOSIGNAL) }
}

extension iovec {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(
            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}
