/// Encodes the bytes that a socket sends and decodes those that it receives, as TLS does. It does
/// no I/O: the socket hands it the bytes of the wire, and sends its output.
///
/// A filter keeps bytes of the wire that a call does not need. The socket hands over more only
/// after `needsMore`. A fault is `SocketFault.insecure`, and the output is sent all the same.
package protocol SocketFilter: AnyObject {
    /// Continues the handshake. Returns whether it is complete.
    func shakeHands(_ wire: UnsafeRawBufferPointer) throws(SocketFault) -> Bool

    /// Decodes into `buffer` as many bytes as there are and fit.
    func read(
        _ wire: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SocketFault) -> FilteredInput

    /// Adds the encoded form of all these bytes to the output.
    func write(_ bytes: UnsafeRawBufferPointer) throws(SocketFault)

    /// Adds the announcement that no more is written. Only the first call has an effect.
    func endWriting()

    /// Whether a read may succeed without more bytes of the wire.
    var hasInput: Bool { get }

    /// The number of received bytes that are kept and not decoded.
    var undecodedByteCount: Int { get }

    /// The bytes to send. The socket removes them.
    var output: [UInt8] { get set }
}

/// The result of a read through a filter.
package enum FilteredInput: Equatable {
    /// The number of bytes, at least one.
    case bytes(Int)
    /// The wire has to deliver more bytes first.
    case needsMore
    /// The peer has announced that no more is written.
    case end
}
