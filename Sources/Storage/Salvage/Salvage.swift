internal import Encoding
internal import EventLoop

/// Writes every sound record of a store into a new folder. It blocks, and changes nothing in the
/// source.
struct Salvage {
    private static let recordsAtOnce = 500

    let source: Folder
    let destination: NewFolder
    let report: (SalvageNote) -> Void

    func run() throws(BackupFault) -> SalvageReport {
        let lock: (any DiskFile)?
        do throws(StorageFault) { lock = try lockSource() } catch { throw .store(error) }
        defer { withExtendedLifetime(lock) {} }
        let isNew = try destination.enter()
        do throws(BackupFault) {
            let replay: SalvageReplay
            do throws(StorageFault) { replay = try read() } catch { throw BackupFault.store(error) }
            try write(replay)
            try copyPhotos(of: replay)
            try destination.finish(isNew: isNew)
            try check()
            return SalvageReport(
                users: replay.memory.index.users.count,
                messages: replay.memory.index.messageCount,
                leftOut: replay.notes.leftOut, standIns: replay.standInCount)
        } catch {
            destination.remove(segments: [1], isNew: isNew)
            throw error
        }
    }

    /// Locks the source folder.
    ///
    /// - Throws: `.locked`; `.absent`; `.takeover`.
    private func lockSource() throws(StorageFault) -> (any DiskFile)? {
        let lock: (any DiskFile)?
        let isOurs: Bool
        do {
            if try source.disk.openIfThere(source.restoring, .reading) != nil {
                throw StorageFault.restoring(folder: source.path)
            }
            lock = try source.disk.openIfThere(source.lock, .reading)
            isOurs = try lock?.lock() ?? true
            if try source.isWithoutStore() { throw StorageFault.absent }
            if let snapshot = try source.disk.openIfThere(source.snapshot, .reading),
                try Outline.isEarlierStore(snapshot), try source.segments().isEmpty
            {
                throw StorageFault.takeover(path: source.snapshot)
            }
        } catch { throw StorageFault(reading: error) }
        guard isOurs else { throw .locked }
        return lock
    }

    // MARK: Reading

    private func read() throws(StorageFault) -> SalvageReplay {
        let file: (any DiskFile)?
        let numbers: [Int]
        let layout: SalvagedLayout?
        var notes = SalvageNotes(report)
        do {
            file = try source.disk.openIfThere(source.snapshot, .reading)
            numbers = try source.segments()
            layout = try file.flatMap { try self.layout(of: $0, &notes) }
        } catch { throw StorageFault(reading: error) }
        var replay = SalvageReplay(snapshot: layout?.file ?? file, source, notes)
        var meta = layout?.meta
        if let file = layout?.file ?? file {
            var snapshot = try SalvageSnapshot(file)
            try snapshot.read(into: &replay)
            if layout == nil { meta = snapshot.meta }
        } else {
            replay.leaveOut(nil, "it is missing: what stood there is lost")
        }
        // Repeated messages are removed before the journal, whose changes refer to the remaining
        // ones.
        replay.removeRepeated()
        replay.endSnapshot(meta)
        if let meta {
            take(meta, replay.memory)
        } else {
            replay.memory.index.raiseNewestTimestamp(to: replay.newestInSnapshot)
        }
        try SalvageJournal(numbers, after: meta, in: source)
            .read(into: &replay, expecting: meta?.firstSegment, in: source)
        replay.removeRepeated()
        replay.replay.endJournal()
        mendContacts(replay)
        return replay
    }

    /// Returns the records of another layout, in a copy without a name. The copy exists as long as
    /// it is open.
    private func layout(
        of file: any DiskFile, _ notes: inout SalvageNotes
    ) throws -> SalvagedLayout? {
        let path = destination.folder.unfinishedSnapshot
        let copy = try destination.folder.disk.open(path, .replacing)
        defer { try? destination.folder.disk.unlinkIfThere(path) }
        return try SalvagedLayout(of: file, source, as: copy, &notes)
    }

    private func take(_ meta: SnapshotMeta, _ memory: MemoryState) {
        memory.index.raiseNewestTimestamp(to: meta.newestTimestamp)
        for (version, fingerprint) in meta.keys {
            memory.index.addKey(version: version, fingerprint: fingerprint)
        }
        for (digest, expiresAt) in meta.invites {
            memory.index.addInvite(digest, expiresAt: expiresAt)
        }
    }

    private func mendContacts(_ replay: SalvageReplay) {
        let mended = replay.memory.index.mendContacts()
        for (user, contact) in mended.dropped {
            replay.notes.remark(
                source.path, nil,
                "user \(user) had \(contact) as a contact, of whom nothing is left")
        }
        for (user, contact) in mended.returned {
            replay.notes.remark(
                source.path, nil,
                "user \(user) had \(contact) as a contact, who had not: they are friends again")
        }
    }

    // MARK: Writing

    private func write(_ replay: SalvageReplay) throws(BackupFault) {
        let folder = destination.folder
        let storeID = Recovery.newStoreID()
        var writer = try destination.writing { () throws(SystemCallError) in
            _ = try Journal.create(1, after: 0, storeID: storeID, in: folder)
            return SnapshotWriter(try folder.disk.open(folder.unfinishedSnapshot, .replacing))
        }
        let index = SalvagedAddresses(replay)
        try FoldedUsers(of: replay.memory.index).forEach { record throws(BackupFault) in
            // The changes of a salvaged store are numbered anew.
            var record = record
            record.revision = nil
            let json = record.json()
            try destination.writing { () throws(SystemCallError) in try writer.add(user: json) }
        }
        writer.endUsers()
        var places = index.addresses[...]
        while !places.isEmpty {
            let some = Array(places.prefix(Self.recordsAtOnce))
            places = places.dropFirst(some.count)
            let records: RecordedMessages
            do throws(StorageFault) {
                records = try RecordReading.read(
                    RecordReading(some, in: replay.replay.generation).runs[...])
            } catch { throw .store(error) }
            for message in records.messages {
                _ = try destination.writing { () throws(SystemCallError) in
                    try writer.add(message: MessageRecord.json(message).span)
                }
            }
        }
        _ = try destination.writing { () throws(SystemCallError) in
            try writer.finish(
                SnapshotMeta(
                    storeID: storeID, firstSegment: 1,
                    newestTimestamp: replay.memory.index.newestTimestamp,
                    keys: replay.memory.index.knownKeys, invites: replay.memory.index.invites,
                    statesMarkers: true))
        }
    }

    /// Copies the sound photos of the messages that are kept.
    private func copyPhotos(of replay: SalvageReplay) throws(BackupFault) {
        let folder = PhotoFolder(of: source)
        var sound: [PhotoID] = []
        for id in replay.memory.index.photos.ids {
            do throws(StorageFault) {
                guard try folder.verify(id) != nil else {
                    throw .damaged(file: folder.file(id), offset: nil, why: "it is missing")
                }
                sound.append(id)
            } catch {
                replay.notes.remark(
                    folder.file(id), nil, "the photo of a message is lost: \(error)")
            }
        }
        _ = try PhotoCopy(from: folder, to: PhotoFolder(of: destination.folder))
            .run(destination, of: sound)
    }

    /// Verifies the new folder as `store verify` does.
    private func check() throws(BackupFault) {
        do throws(StorageFault) {
            _ = try StoreFolder(destination.folder.path, disk: destination.folder.disk).verify()
        } catch { throw .store(error) }
    }
}

/// The addresses of the messages that are kept, in the order in which they became visible.
private struct SalvagedAddresses {
    let addresses: [Address]

    init(_ replay: SalvageReplay) {
        let all = replay.memory.index.messages.addresses
        let found = (0..<all.count).map { Address(packed: all[$0]) }.filter { $0 != .none }
        var places: [(file: Int, address: Address)] = []
        places.reserveCapacity(found.count)
        let segments = replay.replay.generation.segments
        for address in found {
            let file = segments.firstIndex { address.isIn(segment: $0.number) } ?? -1
            places.append((file, address))
        }
        places.sort { ($0.file, $0.address.place) < ($1.file, $1.address.place) }
        addresses = places.map(\.address)
    }
}
