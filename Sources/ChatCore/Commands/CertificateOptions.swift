import ArgumentParser
import EventLoop
import Program

/// The files that HTTPS is served with.
struct CertificateOptions: ParsableArguments {
    @Option(
        help: Defaults.tlsCertificate.help(
            "A PEM file with the certificate to serve HTTPS by, and the chain behind it.",
            valueName: "path"))
    var tlsCertificate: String?

    @Option(
        help: Defaults.tlsKey.help(
            "A PEM file with the private key of the certificate.", valueName: "path"))
    var tlsKey: String?

    /// Returns the certificate, or nil where plain HTTP is served.
    func certificate(loop: EventLoop) throws(StartFailure) -> Certificate? {
        let file = try Defaults.tlsCertificate.optional(tlsCertificate)
        let key = try Defaults.tlsKey.optional(tlsKey)
        switch (file, key) {
        case (nil, nil): return nil
        case (let file?, let key?):
            return try Certificate(certificateFile: file, keyFile: key, loop: loop)
        case (nil, _?), (_?, nil):
            throw StartFailure(
                "\(Defaults.tlsCertificate.option("--tls-certificate")) and "
                    + "\(Defaults.tlsKey.option("--tls-key")) go together: set both or neither")
        }
    }
}
