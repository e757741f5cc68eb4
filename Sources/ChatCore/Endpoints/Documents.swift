import Encoding
import HTTP

/// `GET /api-docs.json`: the OpenAPI document of the routes; 304. It lies among the web client's
/// files, beside the page that shows it; 404 where another client's folder has none.
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

/// `GET /api-docs`: the page's links start from its folder, below whatever prefix it was asked.
struct DocumentsPage: Endpoint {
    func answer(_ request: Request) async -> Response {
        Response(.permanentRedirect, fields: [("Location", "api-docs/")])
    }
}
