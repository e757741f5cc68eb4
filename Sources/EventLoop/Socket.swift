internal import CLinux
internal import Glibc

/// The reason why an operation of a socket failed.
package enum SocketFault: Error, Equatable, CustomStringConvertible {
    /// The deadline is over.
    case timeout
    /// The socket was closed on this side.
    case closed
    /// The task was cancelled.
    case cancelled
    /// The input ended and the peer had not announced it. The bytes before may be incomplete.
    case truncated
    /// The socket's filter refuses the peer's bytes. The text says why.
    case insecure(String)
    case system(SystemCallError)

    package var description: String {
        switch self {
        case .timeout: "timed out"
        case .closed: "closed"
        case .cancelled: "cancelled"
        case .truncated: "the input ended early"
        case .insecure(let reason): "no secure connection: \(reason)"
        case .system(let error): error.description
        }
    }
}

/// Whether the peer of a connection is still there. It is used on the loop's thread alone.
package struct PeerPresence: Sendable {
    private let readiness: DescriptorReadiness

    fileprivate init(_ readiness: DescriptorReadiness) {
        self.readiness = readiness
    }

    /// Whether the peer has ended its side, or the connection is broken or closed.
    package var hasEnded: Bool { readiness.peerHasEnded }
}

/// A connected stream socket. It is used on its loop's thread alone, so it is not Sendable.
package final class Socket {
    package let peer: SocketAddress
    package let loop: EventLoop
    let readiness: DescriptorReadiness
    /// Nil if the written bytes travel as they are.
    var filtered: FilteredBytes?
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

    /// Whether the peer has ended its side or the connection is broken. There may still be input.
    package var peerHasEnded: Bool { readiness.peerHasEnded }

    /// Tells whoever outlives the socket whether its peer is still there.
    package var presence: PeerPresence { PeerPresence(readiness) }

    /// False if a read would certainly wait.
    package var mayHaveInput: Bool {
        readiness.isReady(.input) || filtered?.filter.hasInput ?? false
    }

    private(set) var isOpen = true

    /// Waits until there is input, or its end. Holds no buffer meanwhile.
    package nonisolated(nonsending) func waitReadable(until deadline: MonotonicTime? = nil)
        async throws(SocketFault)
    {
        if let filtered, filtered.filter.hasInput { return }
        try await readiness.wait(.input, until: deadline)
    }

    /// Waits until the kernel reports anew that output is possible, or that the connection failed.
    nonisolated(nonsending) func waitForNextWritable(until deadline: MonotonicTime?)
        async throws(SocketFault)
    {
        readiness.setUnready(.output)
        try await readiness.wait(.output, until: deadline)
    }

    /// Returns the error that the kernel keeps for this socket (SO_ERROR), or 0.
    func pendingError() -> Int32 {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &length)
        return error
    }

    /// Returns the user whose process listens at the other end of a socket in the file system
    /// (SO_PEERCRED, unix(7)).
    package func peerUser() throws(SocketFault) -> UInt32 {
        // A `struct ucred`: pid, uid, gid.
        var peer: (Int32, UInt32, UInt32) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: peer))
        guard getsockopt(number, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else {
            throw .system(.last("getsockopt"))
        }
        return peer.1
    }

    /// Waits for input, and appends at most `max` bytes of it (and at most 64 KiB).
    ///
    /// Returns the number of bytes. 0 is the end of input.
    package nonisolated(nonsending) func read(
        appendingTo buffer: inout [UInt8], max: Int, until deadline: MonotonicTime? = nil
    ) async throws(SocketFault) -> Int {
        if let filtered {
            return try await read(filtered, appendingTo: &buffer, max: max, until: deadline)
        }
        let countMax = min(max, loop.readBuffer.count)
        while true {
            try await readiness.wait(.input, until: deadline)
            guard let count = try receiveNow(countMax) else { continue }
            take(UnsafeMutableRawBufferPointer(rebasing: loop.readBuffer[..<count]), to: &buffer)
            return count
        }
    }

    /// Appends bytes of one of the loop's buffers, and wipes them there: that buffer lives on, and
    /// they may hold a password.
    @inline(__always)
    func take(_ bytes: UnsafeMutableRawBufferPointer, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: UnsafeRawBufferPointer(bytes))
        if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
    }

    /// Reads input into the loop's buffer. Returns the number of bytes, 0 at the end of input, or
    /// nil if there is no input for now.
    @inline(__always)
    func receiveNow(_ countMax: Int) throws(SocketFault) -> Int? {
        guard isOpen else { throw .closed }
        while true {
            let count = recv(number, loop.readBuffer.baseAddress, countMax, 0)
            if count >= 0 {
                // A short read has emptied the kernel's buffer. Epoll reports the next input.
                if count < countMax, !readiness.peerHasEnded { readiness.setUnready(.input) }
                return count
            }
            switch errno {
            case EAGAIN:
                readiness.setUnready(.input)
                return nil
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

    /// Writes both, the second after the first, in one system call if the kernel takes them.
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

    /// Writes as much as the kernel takes now, and returns the number of bytes. The bytes are
    /// `first` and then `range` of `second`, without the first `sent` of them.
    package func writeNow(
        _ first: [UInt8], _ second: [UInt8], _ range: Range<Int>, from sent: Int
    ) throws(SocketFault) -> Int {
        if let filtered { return try write(filtered, first, second, range, from: sent) }
        let total = first.count + range.count
        var end = sent
        while end < total, readiness.isReady(.output) {
            end += try countSent { sendParts(first, second, range, from: end) }
        }
        return end - sent
    }

    /// Hands bytes to the kernel. Returns how many it took, 0 if it takes none for now.
    func sendNow(_ bytes: UnsafeRawBufferPointer) throws(SocketFault) -> Int {
        try countSent { send(number, bytes.baseAddress, bytes.count, flags) }
    }

    @inline(__always)
    private func countSent(_ call: () -> Int) throws(SocketFault) -> Int {
        guard isOpen else { throw .closed }
        while true {
            let count = call()
            if count >= 0 { return count }
            switch errno {
            case EAGAIN:
                readiness.setUnready(.output)
                return 0
            case EINTR: continue
            case let number: throw .system(SystemCallError("sendmsg", number: number))
            }
        }
    }

    /// Waits until the kernel may take output again.
    package nonisolated(nonsending) func waitWritable(until deadline: MonotonicTime?)
        async throws(SocketFault)
    {
        try await readiness.wait(.output, until: deadline)
    }

    /// Ends the output. Reading continues.
    package func shutdownWriting() {
        guard isOpen else { return }
        announceEnd()
        shutdown(number, Int32(SHUT_WR))
    }

    /// Makes `close` send a reset (SO_LINGER with no time). So the peer does not mistake a part for
    /// the whole.
    package func resetOnClose() {
        guard isOpen else { return }
        filtered?.isCutOff = true
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            number, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
    }

    package func close() {
        if isOpen { announceEnd() }
        readiness.close()
        isOpen = false
        descriptor = nil
    }

    /// Not inlined, so that its variables are on the stack and not in a suspended task.
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

    /// A lost peer is an error to handle, not a signal that ends the process.
    private var flags: Int32 { Int32(MSG_NOSIGNAL) }
}

extension iovec {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(
            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}
