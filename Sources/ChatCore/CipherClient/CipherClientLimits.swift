import CipherAPI

/// How much CipherClient asks of Cipher, and lets wait.
struct CipherClientLimits: Sendable {
    var connectTimeMax = Duration.seconds(1)
    var answerTimeMax = Duration.seconds(5)
    /// The answer to `GET /keys`.
    var keysBytesMax = 1 << 20
    var pauseMin = Duration.milliseconds(50)
    var pauseMax = Duration.seconds(1)

    /// The more batches are under way, the less they share: what is sealed while one is on its way
    /// goes out together.
    var seals = CipherLaneLimits(batchesUnderWayMax: 1)
    /// A second batch keeps a long one from holding up all others.
    var opens = CipherLaneLimits(batchesUnderWayMax: 2)
    /// Beside the service: batches so small that nobody notices waiting behind one.
    var rewraps = CipherLaneLimits(batchesUnderWayMax: 1, batchBytesMax: 64 << 10)
}

/// How much of one operation is under way, and waits. Cipher has one connection for each batch.
struct CipherLaneLimits: Sendable {
    var batchesUnderWayMax: Int
    var batchItemsMax = CipherLimits.batchItemsMax
    /// Less than Cipher takes: whoever waits behind a batch waits while both sides read it. An
    /// item that is longer goes alone.
    var batchBytesMax = 1 << 20
    /// Behind as many bytes another call is refused. One call waits, however large it is.
    var waitingBytesMax = 16 << 20
}
