import CipherAPI

/// Limits on the requests to Cipher and on the queues before them.
struct CipherClientLimits: Sendable {
    var connectTimeMax = Duration.seconds(1)
    var answerTimeMax = Duration.seconds(5)
    /// The answer to `GET /keys`.
    var keysBytesMax = 1 << 20
    var pauseMin = Duration.milliseconds(50)
    var pauseMax = Duration.seconds(1)

    /// With one batch in flight, all texts that arrive meanwhile share the next one. More batches
    /// in flight would share less.
    var seals = CipherLaneLimits(batchesInFlightMax: 1)
    /// A second batch keeps a long one from delaying all other calls.
    var opens = CipherLaneLimits(batchesInFlightMax: 2)
    /// Rewraps run beside the service. Their small batches delay no seal or open noticeably.
    var rewraps = CipherLaneLimits(batchesInFlightMax: 1, batchBytesMax: 64 << 10)
}

/// Limits of one lane. Cipher has one connection for each batch in flight.
struct CipherLaneLimits: Sendable {
    var batchesInFlightMax: Int
    var batchItemsMax = CipherLimits.batchItemsMax
    /// Less than Cipher takes, because calls behind a batch wait while both sides read it. A longer
    /// item goes alone.
    var batchBytesMax = 1 << 20
    /// Behind this many queued bytes a call is refused. The first call is queued at any size.
    var queuedBytesMax = 16 << 20
}
