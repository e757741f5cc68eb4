import HTTP

/// Cipher's whole API.
enum Routes {
    static func table(_ vault: Vault, _ callers: Callers) -> [Route] {
        [
            Route(.post, "/encrypt", callers.only(Encrypt(vault: vault).answer)),
            Route(.post, "/decrypt", callers.only(Decrypt(vault: vault).answer)),
            Route(.post, "/rewrap", callers.only(Rewrap(vault: vault).answer)),
            Route(.get, "/keys", callers.only(ListKeys(vault: vault).answer)),
            Route(.get, "/healthz", Liveness.answer),
            Route(.get, "/readyz", Readiness(vault: vault).answer),
        ]
    }
}
