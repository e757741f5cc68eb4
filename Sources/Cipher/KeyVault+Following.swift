import EventLoop
import Logging
import Program
import RateLimit

/// Taking up what another Cipher of the same ring, or a command, has changed in its file.
extension KeyVault {
    /// Reads the ring again if its file has changed and another Cipher serves it too. Returns
    /// whether there are other keys now. A Cipher alone waits for SIGHUP.
    ///
    /// It runs each second, before fingerprints are told, and when a content names a version that
    /// is not known here. So no Cipher lags behind what another one has sealed with.
    @discardableResult
    func follow() -> Bool {
        guard let slot, !slot.isFirst || slot.hasOthers, let stamp = FileStamp(file.path),
            stamp != seenStamp
        else { return false }
        seenStamp = stamp
        do throws(StartFailure) {
            guard let version = try reload() else { return false }
            budget.log.log(
                .info, "took up the key ring, which has changed",
                metadata: ["currentKey": "\(version)"])
            return true
        } catch {
            // The next look tries again.
            seenStamp = nil
            budget.log.log(
                .error, "kept the keys as they were", metadata: ["fault": "\(error)"])
            return false
        }
    }

    /// Follows the ring until the task is cancelled.
    func keepFollowing() async {
        repeat { follow() } while (try? await loop.sleep(for: .seconds(1))) != nil
    }
}
