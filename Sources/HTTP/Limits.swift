/// The limits of a server. Sizes are in bytes. Each comment ends with the status for an excess.
package struct Limits: Sendable {
    /// The request line. 414.
    package var requestLineBytesMax = 8 << 10
    /// The request line and all fields. 431.
    package var headBytesMax = 16 << 10
    /// Fields of a head. 431.
    package var fieldCountMax = 100
    /// Empty lines before a request line (RFC 9112 §2.2). 400.
    package var leadingLineCountMax = 4
    /// A body without its chunked coding. 413.
    package var bodyBytesMax = 64 << 10
    /// The body of a PUT, which its endpoint reads while it arrives (`IncomingBody`). 0 where no
    /// endpoint does. 413.
    package var streamedBodyBytesMax = 0
    /// Received bytes of all incomplete heads and bodies, and of bodies whose request is being
    /// answered, together. 503.
    package var bodyBytesInAllMax = 64 << 20
    /// A complete body up to this size is kept even if that budget is used up.
    package var smallBodyBytesMax = 4 << 10
    /// Bytes of all responses together that the kernel has not taken. 503.
    package var answerBytesInAllMax = 64 << 20
    /// A response up to this size is sent even if that budget is used up. Errors, 304s and health
    /// checks are.
    package var smallAnswerBytesMax = 4 << 10
    /// The size of a chunk of a streamed response, and its charge. Larger pieces are split.
    package var pieceBytesMax = 64 << 10
    /// All extensions of one body's chunks together. 413.
    package var chunkExtensionBytesMax = 1 << 10
    /// The fields after the last chunk, which are dropped. 431.
    package var trailerBytesMax = 4 << 10

    /// Connections in all. 503.
    package var connectionCountMax = 8192
    /// From one client network, unless `Server` exempts it. 503.
    package var connectionsPerAddressMax = 128

    /// From the first byte of a head to its last. 408.
    package var headTimeMax: Duration = .seconds(10)
    /// From the last byte of the head to the last of the body. 408.
    package var bodyTimeMax: Duration = .seconds(30)
    /// The rate at which the sender of a streamed body earns time beyond that. 408.
    package var bodyBytesPerSecondMin = 8 << 10
    /// Without a byte of a next request. The connection is closed without an answer.
    package var idleTimeMax: Duration = .seconds(75)
    /// Without the client reading any of a response. The connection is closed.
    package var writeTimeMax: Duration = .seconds(30)
    /// The time that a response may wait for its client, in addition to the time that the client
    /// earns by reading. The connection is closed.
    package var readerGraceTimeMax: Duration = .seconds(30)
    /// The rate at which a client earns time by reading.
    package var readerBytesPerSecondMin = 8 << 10
    /// The time without progress after which a connection may be evicted for the bytes of others.
    package var stallTimeMin: Duration = .seconds(1)

    /// Bytes read and dropped after a fault, so that a reset does not destroy the answer.
    package var drainBytesMax = 256 << 10
    /// The time for that.
    package var drainTimeMax: Duration = .seconds(1)
    /// The longest head and body together of a request whose response is held. With more it is
    /// given at once.
    package var heldRequestBytesMax = 2 << 10

    /// The time for incomplete heads once the server stops. The connection is closed without an
    /// answer.
    package var stoppingHeadTimeMax: Duration = .seconds(1)

    package init() {}
}
