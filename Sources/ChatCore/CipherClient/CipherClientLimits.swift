import CipherAPI

/// How much CipherClient asks of Cipher, and lets wait.
struct CipherClientLimits: Sendable {
    /// With the one that the keys are looked at over: four.
    var connectionCountMax = 3
    var connectTimeMax = Duration.seconds(1)
    var answerTimeMax = Duration.seconds(5)
    var batchItemsMax = CipherLimits.batchItemsMax
    /// Less than Cipher takes: whoever waits behind a batch waits while both sides read it. An
    /// item that is longer goes alone.
    var batchBytesMax = 1 << 20
    /// Beyond as many, or behind as many bytes, who comes is refused; a call of many items waits
    /// all the same while there is no other.
    var waitingItemsMax = 8_000
    var waitingBytesMax = 16 << 20
    /// The answer to `GET /keys`.
    var keysBytesMax = 1 << 20
    var pauseMin = Duration.milliseconds(50)
    var pauseMax = Duration.seconds(1)
}
