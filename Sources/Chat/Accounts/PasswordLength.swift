internal import Encoding
internal import Storage

/// Which passwords a user's hash may have been made of, by their length.
enum PasswordLength: Sendable {
    /// 72 bytes at most. bcrypt looks at no more, so of a longer one the rest would not count.
    case whole
    /// Any. The earlier system took longer ones and cut them, and its people type them whole.
    case anyCut

    init(of user: User) {
        self = Epoch.isOfEarlierSystem(user.epoch) ? .anyCut : .whole
    }

    func takes(_ password: ByteText) -> Bool {
        switch self {
        case .whole: password.utf8Count <= NewPassword.bytesMax
        case .anyCut: true
        }
    }
}
