/// The state of a socket with a filter.
final class FilteredBytes {
    let filter: any SocketFilter
    /// The number of bytes of the filter's output that the kernel has taken.
    fileprivate var sentCount = 0
    /// The number of the caller's bytes that the filter has encoded, and the kernel has not taken.
    fileprivate var unsentCount = 0
    /// The end is not announced, so that the peer does not take the bytes for complete.
    var isCutOff = false

    fileprivate init(_ filter: any SocketFilter) {
        self.filter = filter
    }
}

extension Socket {
    /// Adds a filter and completes its handshake. Call it before any read or write.
    ///
    /// - Parameter inTurn: Whether each step waits for its turn (`HandshakeTurns`), because a
    ///   stranger has begun the handshake.
    package nonisolated(nonsending) func secure(
        with filter: any SocketFilter, inTurn: Bool, until deadline: MonotonicTime? = nil
    ) async throws(SocketFault) {
        let filtered = FilteredBytes(filter)
        self.filtered = filtered
        var wire = UnsafeRawBufferPointer(start: nil, count: 0)
        while true {
            let isDone: Bool
            do throws(SocketFault) {
                isDone = try filter.shakeHands(wire)
            } catch {
                // Sends the alert that tells the peer why.
                _ = try? flush(filtered)
                throw error
            }
            while try !flush(filtered) { try await waitWritable(until: deadline) }
            if isDone { return }
            try await readiness.wait(.input, until: deadline)
            while inTurn, !loop.handshakeTurns.begins(at: loop.now) {
                try await yield(until: deadline)
            }
            wire = try await receive(0, until: deadline)
            if wire.isEmpty { throw .truncated }
        }
    }

    nonisolated(nonsending) func read(
        _ filtered: FilteredBytes, appendingTo buffer: inout [UInt8], max: Int,
        until deadline: MonotonicTime?
    ) async throws(SocketFault) -> Int {
        var wire = UnsafeRawBufferPointer(start: nil, count: 0)
        while true {
            switch try read(filtered, wire, appendingTo: &buffer, max: max) {
            case .bytes(let count): return count
            case .end: return 0
            case .needsMore:
                // Records without data, such as requests for new keys, must not keep the loop.
                if !wire.isEmpty { try await yield(until: deadline) }
                wire = try await receive(max, until: deadline)
            }
            // After `endInput` the peer has nothing to announce.
            if wire.isEmpty, readiness.inputHasEnded { return 0 }
            if wire.isEmpty { throw .truncated }
        }
    }

    /// Lets other connections have their turn.
    private nonisolated(nonsending) func yield(
        until deadline: MonotonicTime?
    ) async throws(SocketFault) {
        if let deadline, deadline <= loop.now { throw .timeout }
        if Task.isCancelled { throw .cancelled }
        await Task.yield()
    }

    /// Out of line, so that its buffers are on the stack and not in a waiting task.
    @inline(never)
    private func read(
        _ filtered: FilteredBytes, _ wire: UnsafeRawBufferPointer,
        appendingTo buffer: inout [UInt8], max: Int
    ) throws(SocketFault) -> FilteredInput {
        let room = loop.filterBuffer[..<min(max, loop.filterBuffer.count)]
        let input: FilteredInput
        do throws(SocketFault) {
            input = try filtered.filter.read(
                wire, into: UnsafeMutableRawBufferPointer(rebasing: room))
        } catch {
            _ = try? flush(filtered)
            throw error
        }
        // The next write sends the rest.
        _ = try flush(filtered)
        if case .bytes(let count) = input {
            take(UnsafeMutableRawBufferPointer(rebasing: room[..<count]), to: &buffer)
        }
        return input
    }

    /// Waits for input of the wire, and returns it; empty at its end. The bytes lie in the loop's
    /// buffer and are gone after the next suspension.
    ///
    /// - Parameter max: The number of decoded bytes that are wanted. The kernel keeps what is more
    ///   than these and a record.
    private nonisolated(nonsending) func receive(
        _ max: Int, until deadline: MonotonicTime?
    ) async throws(SocketFault) -> UnsafeRawBufferPointer {
        let wireMax = min(max + Self.recordBytesMax, loop.readBuffer.count)
        while true {
            try await readiness.wait(.input, until: deadline)
            guard let count = try receiveNow(wireMax) else { continue }
            return UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count])
        }
    }

    /// A record of TLS with its header (RFC 8446 §5.2).
    private static let recordBytesMax = (16 << 10) + 261

    /// The number of received bytes that the filter keeps and has not decoded.
    package var undecodedByteCount: Int { filtered?.filter.undecodedByteCount ?? 0 }

    /// Returns how many bytes a write keeps of a body that is in memory anyway.
    package func copiedByteCount(of count: Int) -> Int {
        filtered == nil ? 0 : min(count, Self.pieceBytesMax)
    }

    // MARK: Writing

    /// The filter gets no more at once: two records of TLS. The kernel takes them before the next.
    private static let pieceBytesMax = 32 << 10

    /// Does what `writeNow` does, through the filter. Bytes count once the kernel has all of their
    /// encoded form. The caller repeats the others, and they are not encoded again.
    func write(
        _ filtered: FilteredBytes, _ first: [UInt8], _ second: [UInt8], _ range: Range<Int>,
        from sent: Int
    ) throws(SocketFault) -> Int {
        let total = first.count + range.count
        var end = sent
        while readiness.isReady(.output), try flush(filtered) {
            end += filtered.unsentCount
            filtered.unsentCount = 0
            if end == total { break }
            filtered.unsentCount = try put(filtered.filter, first, second, range, from: end)
        }
        return end - sent
    }

    /// Hands the filter the next piece. A head and a small body go together, as one record.
    private func put(
        _ filter: any SocketFilter, _ first: [UInt8], _ second: [UInt8], _ range: Range<Int>,
        from start: Int
    ) throws(SocketFault) -> Int {
        let secondStart = range.lowerBound + max(0, start - first.count)
        guard start < first.count else {
            let count = min(Self.pieceBytesMax, range.upperBound - secondStart)
            let piece = second.span.extracting(secondStart..<(secondStart + count))
            try piece.withUnsafeBytes { (bytes) throws(SocketFault) in try filter.write(bytes) }
            return count
        }
        let firstCount = min(Self.pieceBytesMax, first.count - start)
        let secondCount = min(Self.pieceBytesMax - firstCount, range.upperBound - secondStart)
        let piece = UnsafeMutableRawBufferPointer(
            rebasing: loop.filterBuffer[..<(firstCount + secondCount)])
        piece.copyBytes(from: first[start..<(start + firstCount)])
        UnsafeMutableRawBufferPointer(rebasing: piece[firstCount...])
            .copyBytes(from: second[secondStart..<(secondStart + secondCount)])
        try filter.write(UnsafeRawBufferPointer(piece))
        return piece.count
    }

    /// Sends the filter's output. Returns false if the kernel takes no more for now.
    private func flush(_ filtered: FilteredBytes) throws(SocketFault) -> Bool {
        let output = filtered.filter.output
        if output.isEmpty { return true }
        while filtered.sentCount < output.count {
            guard readiness.isReady(.output) else { return false }
            let rest = output.span.extracting(filtered.sentCount..<output.count)
            filtered.sentCount += try rest.withUnsafeBytes { (bytes) throws(SocketFault) in
                try sendNow(bytes)
            }
        }
        filtered.sentCount = 0
        filtered.filter.output = []
        return true
    }

    /// Has the filter, if there is one, tell the peer that all has been written.
    func announceEnd() {
        guard let filtered, !filtered.isCutOff else { return }
        filtered.filter.endWriting()
        _ = try? flush(filtered)
    }
}
