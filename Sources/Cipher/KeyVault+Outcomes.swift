import Program

extension KeyVault {
    /// The outcome of a start.
    struct Start {
        /// Nil where the ring is sealed.
        let currentVersion: Int?
        /// Whether the start made the ring.
        let isNew: Bool
        /// Why a ring of format 1 could not be rewritten. It works nevertheless, and the next start
        /// tries again.
        let upgradeFailure: StartFailure?
    }

    /// The uses of the current key.
    struct KeyUse {
        let version: Int
        /// In seconds.
        let age: Int64
        let seals: Int64
        let sealsMax: Int64
    }
}
