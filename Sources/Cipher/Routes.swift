import HTTP

/// Cipher's whole API.
enum Routes {
    static func table(_ vault: Vault, _ callers: Callers) -> [Route] {
        [
            Route(.post, "/encrypt", callers.only(Encrypt(vault: vault))),
            Route(.post, "/decrypt", callers.only(Decrypt(vault: vault))),
            Route(.post, "/rewrap", callers.only(Rewrap(vault: vault))),
            Route(.get, "/keys", callers.only(ListKeys(vault: vault))),
            Route(.get, "/healthz", Liveness()),
            Route(.get, "/readyz", Readiness(vault: vault)),
        ]
    }
}
