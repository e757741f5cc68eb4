import Encoding
import HTTP

/// The page that browsers get during a takeover of the earlier system's store. It reloads itself
/// until the web client answers.
enum TakeoverPage {
    private static let seconds = 3

    /// Returns whether the request asks for an HTML page.
    static func isRequested(by request: Request) -> Bool {
        guard request.method == .get || request.method == .head else { return false }
        if ["/", "/api/"].contains(request.path) { return true }
        return request.field("Accept")?.contains("text/html") == true
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
