package import Encoding
package import EventLoop
package import Storage

/// Who wants bcrypt to be used, and what for: what the throttle counts, and turns are shared by.
package struct Attempt: Sendable {
    enum Purpose: Hashable {
        case logIn, registration
        /// A change of one's own account, which the password proves or replaces.
        case ownAccount
        /// By the operator, over the control socket.
        case administration
    }

    let purpose: Purpose
    /// Nil for the operator, who is not counted.
    let network: Network?
    /// Whose account: a hash, keyed anew by every process. Names may be long, and are many.
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

    /// Names that log-in takes for one are one.
    private static func hash(ofName name: ByteText) -> Int {
        name.trimmed.caseFolded.hashValue
    }
}
