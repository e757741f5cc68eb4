package import Encoding
package import EventLoop
package import Storage

/// One use of bcrypt, with its purpose and origin. The throttle counts attempts, and the queue
/// shares turns between them.
package struct Attempt: Sendable {
    enum Purpose: Hashable {
        case logIn, registration
        /// A change of the caller's own account. The password proves or replaces it.
        case ownAccount
        /// A change by the operator, over the control socket.
        case administration
    }

    let purpose: Purpose
    /// Is nil for the operator, whose attempts are not counted.
    let network: Network?
    /// A hash of the account, with a random key for each process. A name itself may be long.
    let account: Int

    private init(_ purpose: Purpose, _ network: Network?, _ account: Int) {
        self.purpose = purpose
        self.network = network
        self.account = account
    }

    package static func logIn(username: ByteText, from client: Network) -> Attempt {
        Attempt(.logIn, client, hash(ofName: username))
    }

    package static func registration(username: ByteText, from client: Network) -> Attempt {
        Attempt(.registration, client, hash(ofName: username))
    }

    package static func ownAccount(of user: UserID, from client: Network) -> Attempt {
        Attempt(.ownAccount, client, user.text.hashValue)
    }

    static let administration = Attempt(.administration, nil, 0)

    /// Returns the same hash for all names that log-in treats as one.
    private static func hash(ofName name: ByteText) -> Int {
        name.trimmed.caseFolded.hashValue
    }
}
