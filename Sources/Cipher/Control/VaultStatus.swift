import CipherAPI
import Encoding
import HTTP
import Program

/// `POST /status`: the answer that `Cipher status` shows. Unknown values are left out.
struct VaultStatus: Endpoint {
    static let target = ControlServer.statusTarget

    let vault: KeyVault

    func answer(_ request: Request) async throws -> Response {
        let use = await vault.currentKeyUse(now: WallClock.seconds)
        let isSealed = await vault.isSealed
        var body = JSONWriter(capacity: 512)
        body.beginObject()
        body.beginStatus(
            isSealed ? "sealed" : use == nil ? "not ready" : "ready",
            Self.warning(use, isSealed: isSealed).map { [$0] } ?? [])
        body.field("uptimeSeconds", Int(ProcessMetrics.uptime / .seconds(1)))
        body.field("residentBytes", ProcessMetrics.residentBytes)
        write(vault.counts, to: &body)
        if let use {
            body.field("keyVersion", use.version)
            body.field("keyAgeSeconds", use.age)
            body.field("keySeals", min(use.seals, use.sealsMax))
            body.field("keySealsMax", use.sealsMax)
        }
        body.endObject()
        return .json(body.bytes)
    }

    private func write(_ counts: VaultCounts, to body: inout JSONWriter) {
        var notAuthentic = 0
        for (operation, count) in counts.byOperation {
            let name: StaticString =
                switch operation {
                case .encrypt: "sealed"
                case .decrypt: "opened"
                case .rewrap: "rewrapped"
                }
            body.field(name, count.done)
            notAuthentic += count.notAuthentic
        }
        body.field("notAuthentic", notAuthentic)
    }

    private static func warning(
        _ use: KeyVault.KeyUse?, isSealed: Bool
    ) -> StatusWarning? {
        guard let use else {
            return isSealed
                ? StatusWarning(
                    code: "sealed", line: "the key ring is sealed: run Cipher unseal")
                : StatusWarning(
                    code: "not_ready", line: "the keys are not loaded: the log says why")
        }
        if use.seals >= use.sealsMax {
            return StatusWarning(
                code: "key_exhausted",
                line: "the current key may seal no more: run Cipher keys rotate, or keys recount "
                    + "where its count is lost")
        }
        let isOld = use.age >= KeyBudget.secondsMax
        guard isOld || use.seals >= use.sealsMax / 2 else { return nil }
        let why = isOld ? "is a year old" : "has sealed half as often as it may"
        return StatusWarning(
            code: "key_old", line: "the current key \(why): run Cipher keys rotate")
    }
}
