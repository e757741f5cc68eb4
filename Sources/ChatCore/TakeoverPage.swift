import Encoding
import HTTP

/// The page that browsers get during a take-over of the earlier system's store. It loads itself
/// again until the real page is there.
enum TakeoverPage {
    private static let seconds = 3

    /// Whether a browser goes somewhere, or asks for the page that everybody begins with.
    static func isMeant(by request: Request) -> Bool {
        guard request.method == .get || request.method == .head else { return false }
        if ["/", "/api/"].contains(request.path) { return true }
        let accepted = request.field("Accept")?.utf8
        return accepted?.firstRange(of: "text/html".utf8) != nil
    }

    static let response = Response(
        .serviceUnavailable,
        fields: [
            ("Content-Type", "text/html; charset=utf-8"), ("Retry-After", "\(seconds)"),
        ], body: .shared(Array(text.utf8)))

    private static let text = """
        <!DOCTYPE html>
        <html lang="id">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="dark light">
        <meta http-equiv="refresh" content="\(seconds)">
        <title>WhatsApp KW</title>
        <h1>Sebentar lagi</h1>
        <p>Data lama sedang dipindahkan. Halaman ini memuat ulang sendiri.</p>
        <p lang="en">Earlier data is being moved. This page reloads by itself.</p>

        """
}
