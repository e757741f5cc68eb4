import CipherAPI
import HTTP
import Program

/// `GET /keys`: every version with its state, age, fingerprint and use counts. Never material.
struct ListKeys: Endpoint {
    let vault: Vault

    func answer(_ request: Request) async throws -> Response {
        .json(try await vault.keys(now: WallClock.seconds).encoded)
    }
}
