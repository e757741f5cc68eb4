/// The reason why no copy of a store was made. Nothing is left of a copy that was begun.
package enum BackupFault: Error, Sendable, Equatable {
    /// The destination cannot hold the copy.
    case destination(path: String, why: String)
    /// The store cannot be copied.
    case store(StorageFault)
}

extension BackupFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .destination(let path, let why): "\(path): \(why)"
        case .store(let fault): fault.description
        }
    }
}
