/// What a version of the key still does.
package enum KeyState: String, Sendable, CaseIterable {
    /// Seals and opens; exactly one version is current.
    case current
    /// Opens what it once sealed.
    case decryptOnly = "decrypt-only"
    /// Does neither.
    case retired
}
