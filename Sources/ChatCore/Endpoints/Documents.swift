import Encoding
import HTTP

/// `GET /api-docs.json`: the OpenAPI document of the routes; 304, 404. It is a file of the web
/// client; the folder of another client may have none.
struct Documents: Endpoint {
    static let folder: StaticString = "/api-docs/"

    let files: StaticFiles

    func answer(_ request: Request) async throws -> Response {
        guard let response = files.answer(request, path: "/api-docs/openapi.json") else {
            throw APIFault.notFound
        }
        return response
    }
}

/// `GET /api-docs`: redirects to `api-docs/`, because the page's links are relative. The redirect
/// is relative too, so it works under every prefix.
struct DocumentsPage: Endpoint {
    func answer(_ request: Request) async -> Response {
        Response(.permanentRedirect, fields: [("Location", "api-docs/")])
    }
}
