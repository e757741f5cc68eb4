import CipherAPI
import Cryptography
import Program

extension StartFailure {
    /// Says why a ring stays as it is, and what to do.
    init(_ refusal: KeyRing.Refusal) {
        switch refusal {
        case .notThirtyTwoBytes(let count):
            let seen = count > AES256GCM.keyBytes ? "more" : "\(count)"
            self.init(
                "a key is exactly 32 raw bytes, without a newline; standard input held \(seen)")
        case .present(let version, .retired):
            self.init(
                "that key is in the ring, as version \(version), and retired: "
                    + "Cipher keys restore \(version) has it open again")
        case .present(let version, _):
            self.init(
                "that key is in the ring already, as version \(version), and stays what it is")
        case .secondLegacy(let version):
            self.init(
                "the ring has a legacy key already, version \(version); there can be only one")
        case .full: self.init("the ring is full: it holds \(KeyRing.versionsMax) versions")
        case .absent(let version):
            self.init("the ring has no version \(version); see Cipher keys list")
        case .current(let version):
            self.init("version \(version) is current: run Cipher keys rotate first")
        case .forgotten(let version):
            self.init("version \(version) was forgotten: its key is nowhere in the ring")
        case .stillOpens(let version):
            self.init(
                "version \(version) still opens what it sealed: run Cipher keys retire \(version) "
                    + "first, and see that nothing is missed")
        case .notRetired(let version, let state):
            self.init("version \(version) is not retired: it is \(state.rawValue)")
        }
    }
}
