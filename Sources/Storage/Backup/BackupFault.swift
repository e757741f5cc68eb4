/// Why no copy of a store was made. Of a copy that was begun nothing is left.
package enum BackupFault: Error, Sendable, Equatable {
    /// The copy cannot lie there.
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
