/// How much of everything is accepted. Sizes are bytes; going over one is a fault with a status.
package struct Limits: Sendable {
    /// 414.
    package var requestLineBytesMax = 8 << 10
    /// The request line and all fields; 431.
    package var headBytesMax = 16 << 10
    /// 431.
    package var fieldCountMax = 100
    /// Empty lines before a request line (RFC 9112 §2.2); 400.
    package var leadingLineCountMax = 4
    /// After the removal of chunked coding; 413.
    package var bodyBytesMax = 64 << 10
    /// What has come of all heads and bodies together that are still coming in; 503.
    package var bodyBytesInAllMax = 64 << 20
    /// What the kernel has not taken of all answers together; 503.
    package var answerBytesInAllMax = 64 << 20
    /// Answers up to this size are sent however full the budget is: errors, 304s, health.
    package var smallAnswerBytesMax = 4 << 10
    /// A streamed answer goes out in chunks of at most so many bytes, and is charged for one.
    package var pieceBytesMax = 64 << 10
    /// All extensions of one body's chunks together; 413.
    package var chunkExtensionBytesMax = 1 << 10
    /// The fields after the last chunk, which are read and dropped; 431.
    package var trailerBytesMax = 4 << 10

    /// 503.
    package var connectionCountMax = 8192
    /// From one address, except those that `Server` is told to exempt; 503.
    package var connectionsPerAddressMax = 128

    /// From the first byte of a head to its last; 408.
    package var headTimeMax: Duration = .seconds(10)
    /// From the last byte of the head to the last of the body; 408.
    package var bodyTimeMax: Duration = .seconds(30)
    /// Without a byte of a next request; the connection is closed silently.
    package var idleTimeMax: Duration = .seconds(75)
    /// Without the kernel taking anything of an answer, because the reader does not; closed.
    package var writeTimeMax: Duration = .seconds(30)
    /// How long an answer may wait for its reader in all, beside the time that
    /// `readerBytesPerSecondMin` gives for what the reader has taken; closed.
    package var readerGraceTimeMax: Duration = .seconds(30)
    /// What a reader has to take of an answer once the grace is over; closed.
    package var readerBytesPerSecondMin = 8 << 10
    /// How long a connection must have made no progress before it makes way for bytes of others.
    package var stallTimeMin: Duration = .seconds(1)

    /// What is still read and dropped after a fault, so that the answer is not reset away.
    package var drainBytesMax = 256 << 10
    package var drainTimeMax: Duration = .seconds(1)

    /// Once the server stops, for heads that have begun; the connection is closed silently.
    package var stoppingHeadTimeMax: Duration = .seconds(1)

    package init() {}
}
