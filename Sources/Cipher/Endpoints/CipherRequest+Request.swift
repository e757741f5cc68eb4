import CipherAPI
import HTTP

extension CipherRequest {
    /// Reads the body of a request. A page can send any other content type without asking first
    /// (Fetch, CORS-safelisted request-header).
    init(_ request: Request) throws(CipherFault) {
        guard request.withField("Content-Type", MediaType.isJSON) == true else {
            throw CipherFault(.unsupportedMediaType, "the body must be application/json")
        }
        self = try CipherRequest(request.body)
    }
}
