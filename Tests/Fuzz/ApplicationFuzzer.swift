/// Sends requests to both programs over sockets. Each request gets an answer, and none is an
/// internal fault. The cost of each is bounded by its length and its answer's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzApplication(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    visitor.play(Script(Array(UnsafeBufferPointer(start: start, count: count))))
    return 0
}

/// Before libFuzzer listens to signals, which the programs do too.
@_cdecl("LLVMFuzzerInitialize")
public func start(_ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeRawPointer?) -> CInt {
    _ = visitor
    return 0
}

// Touched by libFuzzer's one thread alone.
nonisolated(unsafe) private let visitor = Visitor()
