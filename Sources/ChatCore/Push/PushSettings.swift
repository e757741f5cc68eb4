import EventLoop
import TLS
import WebPush

/// The settings of notifications to browsers whose pages are closed.
struct PushSettings: Sendable {
    /// The push services that endpoints may name.
    let hosts: PushHosts
    let keyFile: String
    /// A `mailto:` or `https:` address of the operator, for the push services.
    let contact: String
    /// The PEM file of the authorities that vouch for push services; nil where the system has none.
    let authoritiesFile: String?
}
