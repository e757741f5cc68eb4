import HTTP

/// What tells browsers to distrust everything that was not meant (OWASP Secure Headers).
enum SecurityFields {
    /// For pages of the web client: files of this origin, and nothing else.
    static let strictContentPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
        connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

    /// For the page that shows the API: Swagger UI writes styles into its elements and carries its
    /// pictures along as `data:`.
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

    static func forPages(_ contentPolicy: String) -> FieldLines {
        FieldLines(
            [("Cache-Control", "no-cache"), ("Content-Security-Policy", contentPolicy)] + common)
    }

    private static let common: [(name: StaticString, value: String)] = [
        ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
}
