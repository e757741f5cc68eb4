import HTTP

/// The fields that restrict what browsers do with an answer (OWASP Secure Headers).
enum SecurityFields {
    /// For pages of the web client: allows only files of this origin.
    static let strictContentPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
        connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

    /// For the page that shows the API. Swagger UI sets inline styles, and its images are `data:`
    /// URLs.
    static let documentsContentPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
        img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

    static let forAnswers = FieldLines(
        [
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ] + common)

    /// For photos. They never change, so a browser need not ask again. Opened by themselves, they
    /// may load and run nothing.
    static let forPhotos = FieldLines(
        [
            ("Cache-Control", "private, max-age=31536000, immutable"),
            ("Content-Security-Policy", "default-src 'none'; sandbox"),
        ] + common)

    static func forPages(_ contentPolicy: String) -> FieldLines {
        FieldLines(
            [("Cache-Control", "no-cache"), ("Content-Security-Policy", contentPolicy)] + common)
    }

    /// For every response of a server that serves HTTPS itself (RFC 6797). Lasts a year.
    static let strictTransport = FieldLines([
        ("Strict-Transport-Security", "max-age=31536000")
    ])

    /// For pages of an origin that browsers trust. From other origins they ignore it, and write an
    /// error to their console.
    static let openerPolicy: (name: StaticString, value: String) =
        ("Cross-Origin-Opener-Policy", "same-origin")

    private static let common: [(name: StaticString, value: String)] = [
        ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
    ]
}
