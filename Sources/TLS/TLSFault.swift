/// Why no context can be made of the files and keys that it was given.
package enum TLSFault: Error, Equatable, CustomStringConvertible {
    /// An OpenSSL call failed for want of memory or entropy.
    case failed(call: StaticString)
    /// The file holds no certificate in PEM form, or cannot be read.
    case certificateUnusable
    /// The file holds no private key in PEM form, one under a passphrase, or cannot be read.
    case keyUnusable
    /// The private key belongs to another certificate.
    case keyOfAnotherCertificate
    /// The file of certificate authorities holds none, or cannot be read.
    case authoritiesUnusable
    /// The text is no host name and no numeric address.
    case hostUnusable

    package var description: String {
        switch self {
        case .failed(let call): "\(call) failed"
        case .certificateUnusable: "the certificate file holds no certificate in PEM form"
        case .keyUnusable: "the key file holds no private key in PEM form without a passphrase"
        case .keyOfAnotherCertificate: "the private key belongs to another certificate"
        case .authoritiesUnusable: "the file of certificate authorities holds none in PEM form"
        case .hostUnusable: "the host is no name that a certificate could hold"
        }
    }

    package static func == (one: TLSFault, other: TLSFault) -> Bool {
        one.description == other.description
    }
}
