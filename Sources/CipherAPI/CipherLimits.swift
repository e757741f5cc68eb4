/// What Cipher accepts at most. Both processes read these: one refuses by them, the other stays
/// below.
package enum CipherLimits {
    /// A request's body.
    package static let bodyBytesMax = 4 << 20
    /// Items in one batch.
    package static let batchItemsMax = 1_000
    /// The UTF-8 of a text to encrypt. A text to decrypt is bounded by the body alone.
    package static let textBytesMax = 1 << 20
    /// The UTF-8 of a key context: two user ids, a message id and the hyphens between them.
    package static let keyContextBytesMax = 4 << 10
    /// Seals under one key (NIST SP 800-38D §8.3).
    package static let sealsMax: Int64 = 1 << 32
    /// Versions of the key: one to nine digits.
    package static let keyVersions = 1...999_999_999
    /// A key's fingerprint has 32.
    package static let fingerprintBytesMax = 128
    /// A success's body: the longest plaintext, each of its bytes written as a six-byte escape,
    /// beside the frame of the largest batch.
    package static let answerBytesMax = 6 * bodyBytesMax
}
