import Glibc
import Program
import RateLimit
import Storage

extension ServerProcess {
    /// Returns the audit log. With `--audit-log` it writes to its own files.
    func auditLog(_ clients: Clients) throws(StartFailure) -> AuditLog {
        guard let path = settings.auditLog else {
            return AuditLog(clients: clients, logger: logger, trail: nil)
        }
        let option = Defaults.auditLog.option("--audit-log")
        let trail = try StartFailure.naming(option) { () throws(StartFailure) in
            try PrivateFolder.make(PrivateFolder.holding(path))
            if isOfStore(path) {
                throw StartFailure("\(path) has a name that files of the store have")
            }
            return try AuditTrail(
                AuditFiles(path: path, days: settings.auditDays), loop: loop,
                log: RateLimitedLog(logger))
        }
        return AuditLog(clients: clients, logger: logger, trail: trail)
    }

    /// Returns whether the path could name a file of the store.
    private func isOfStore(_ path: String) -> Bool {
        guard isSameFolder(PrivateFolder.holding(path), settings.data) else { return false }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return StoreFolder.mayOwn(name)
            || ["control.sock", "photos"].contains { name.hasPrefix($0) }
    }

    private func isSameFolder(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0
            && first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }
}
