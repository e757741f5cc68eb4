#if compiler(<6.3)

    /// Swift 6.3 has this function in its library. The compiler that builds for ARM64 is older.
    extension Array<UInt8> {
        /// Appends in place. Traps unless exactly `count` bytes are written.
        mutating func append(
            addingCapacity count: Int, initializingWith write: (inout OutputSpan<UInt8>) -> Void
        ) {
            withoutActuallyEscaping(write) {
                append(contentsOf: BytesInPlace(count: count, write: $0))
            }
        }
    }

    /// Bytes that are made where `Array.append(contentsOf:)` wants them, without an array between.
    private struct BytesInPlace: Sequence, IteratorProtocol {
        let count: Int
        let write: (inout OutputSpan<UInt8>) -> Void

        var underestimatedCount: Int { count }

        mutating func next() -> UInt8? { nil }

        func _copyContents(initializing buffer: UnsafeMutableBufferPointer<UInt8>) -> (Self, Int) {
            let place = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            var piece = OutputSpan(buffer: place, initializedCount: 0)
            write(&piece)
            let written = piece.finalize(for: place)
            precondition(written == count, "fewer bytes than announced")
            return (self, written)
        }
    }

#endif
