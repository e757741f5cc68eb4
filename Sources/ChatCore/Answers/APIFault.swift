/// What is refused before the rules are asked.
enum APIFault: Error, Equatable {
    /// The sentence says what is wrong with which field.
    case malformed(String)
    /// There is no body, nor a field that says how long one would be.
    case lengthRequired
    case unsupportedMediaType
    case unauthorized
    case crossOrigin
    case notFound
    case methodNotAllowed(allowed: String)
    /// The process is going down.
    case stopping
    /// The earlier system's store is being taken over.
    case takingOver

    static let missing = APIFault.malformed("Parameter kurang")
}
