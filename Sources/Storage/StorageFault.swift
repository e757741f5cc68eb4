internal import EventLoop

/// The reason why the store refused or failed an operation.
package enum StorageFault: Error, Sendable, Equatable {
    /// The disk is full or takes no writes. The store tries again every few seconds.
    case full
    /// The disk failed, so the change may or may not be on it. The store takes no change until the
    /// process starts again.
    case failed(String)
    /// Too many bytes of changes wait for the disk already.
    case busy
    /// Descriptors or memory are short. Nothing was changed, and the next try may succeed.
    case shortage(String)
    /// The message is gone, or its content differs from the content that the change replaces. Or
    /// the photo that a new message names is gone, or belongs to another message.
    case stale
    /// The change does not fit the state. The caller has a bug.
    case refused(String)
    /// Another process owns the folder.
    case locked
    /// The store has been closed.
    case closed
    /// A file differs from what the store wrote. `offset` is nil if the place is unknown.
    case damaged(file: String, offset: Int64?, why: String)
    /// As `damaged`, for a `db.json` that is a whole store in JSON and has no journal with changes
    /// beside it. Somebody may have edited it.
    case edited(file: String, offset: Int64?, why: String)
    /// The process ended during a restore. The folder may hold files of two stores.
    case restoring(folder: String)
    /// The earlier system wrote `db.json`, and a journal with changes lies beside it.
    case journalOfAnother(path: String)
    /// There is no store in the folder.
    case absent
    /// The earlier system wrote `db.json`. A takeover has to come first.
    case takeover(path: String)
}

extension StorageFault {
    /// Converts the error of a step in which both the disk and the store may find a fault.
    init(reading error: any Error) {
        switch error {
        case let fault as StorageFault: self = fault
        case let error as SystemCallError:
            self = error.meansShortage ? .shortage(error.description) : .failed(error.description)
        default: preconditionFailure("an error of another kind: \(type(of: error))")
        }
    }

    /// As `init(reading:)`, for a step that writes. A full disk has not failed.
    init(writing error: any Error) {
        if let error = error as? SystemCallError, error.meansFull {
            self = .full
        } else {
            self.init(reading: error)
        }
    }
}

extension StorageFault {
    /// Turns `damaged` into `edited`, for a `db.json` that may have been edited.
    var ofEdited: StorageFault {
        guard case .damaged(let file, let offset, let why) = self else { return self }
        return .edited(file: file, offset: offset, why: why)
    }

    /// Whether too much load or too few resources caused the fault.
    package var meansTooMuch: Bool {
        switch self {
        case .busy, .shortage: true
        case .full, .failed, .stale, .refused, .locked, .closed, .damaged, .edited, .restoring,
            .journalOfAnother, .absent, .takeover:
            false
        }
    }
}

extension StorageFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .full: "the disk is full or takes no writes"
        case .failed(let why): "the disk failed (\(why)); restart once it is sound"
        case .busy: "too much waits for the disk"
        case .shortage(let why): "descriptors or memory are short (\(why)); tried again later"
        case .stale: "the message or its photo is no longer what it was"
        case .refused(let why): "not a change of this store: \(why)"
        case .locked: "another process owns the data folder; stop it first"
        case .closed: "the store is closed"
        case .damaged(let file, let offset, let why):
            Self.place(file, offset, why) + "With the server stopped, " + Self.replacing(file)
        case .edited(let file, let offset, let why):
            Self.place(file, offset, why) + "If db.json was edited by hand, run "
                + "`ChatCore store accept --data \(Self.folder(of: file))`. Otherwise, with the "
                + "server stopped, " + Self.replacing(file)
        case .restoring(let folder):
            "a restore of \(folder) did not end. With the server stopped, run "
                + "`ChatCore store restore BACKUP --data \(folder)` again" + Self.inContainers
        case .journalOfAnother(let path):
            "\(path) was written by the earlier system, but the journal beside it holds "
                + "changes of this one. Nothing was changed. Put this system's db.json back; or, "
                + "to do without those changes, move the journal files to another folder"
        case .absent: "there is no store"
        case .takeover(let path): "\(path) was written by the earlier system"
        }
    }

    private static func place(_ file: String, _ offset: Int64?, _ why: String) -> String {
        "\(file) is damaged\(offset.map { " at byte \($0)" } ?? ""): \(why). Nothing was changed. "
    }

    /// The advice for every kind of damage.
    private static func replacing(_ file: String) -> String {
        let folder = folder(of: file)
        return "put a backup back with "
            + "`ChatCore store restore BACKUP --data \(folder)`, or save what is sound into a new "
            + "folder with `ChatCore store salvage \(folder) NEW` and put that back" + inContainers
    }

    private static func folder(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    }

    private static let inContainers =
        " (in containers: docker compose run --rm --no-deps chatcore store …)"
}
