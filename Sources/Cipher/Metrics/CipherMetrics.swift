import HTTP
import Metrics
import Program

/// Everything that Cipher counts, by the names that it is scraped by.
struct CipherMetrics: Sendable {
    let server: Server
    let router: Router
    let vault: KeyVault

    func write(to text: inout MetricsText) async {
        text.version("cipher")
        text.connections("cipher", of: server)
        text.requests("cipher", of: router)
        let items = text.counter("cipher_items_total", "Texts by operation and result.")
        for (operation, tallies) in vault.counts.byOperation {
            text.sample(items, [("operation", "\(operation)"), ("result", "done")], tallies.done)
            text.sample(
                items, [("operation", "\(operation)"), ("result", "not_authentic")],
                tallies.notAuthentic)
        }
        let ready = text.gauge("cipher_ready", "Whether the keys are loaded and tested.")
        text.sample(ready, await vault.isReady ? 1 : 0)
        let sealed = text.gauge("cipher_sealed", "Whether the ring is sealed.")
        text.sample(sealed, await vault.isSealed ? 1 : 0)
        guard let use = await vault.currentKeyUse(now: WallClock.seconds) else { return }
        let version = text.gauge("cipher_key_version", "The version of the current key.")
        text.sample(version, use.version)
        let age = text.gauge("cipher_key_age_seconds", "The age of the current key.")
        text.sample(age, Int(use.age))
        let seals = text.gauge("cipher_key_seals", "How often the current key has sealed.")
        text.sample(seals, Int(use.seals))
        let most = text.gauge("cipher_key_seals_max", "How often a key may seal.")
        text.sample(most, Int(use.sealsMax))
    }
}
