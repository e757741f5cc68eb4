import Synchronization

/// The fate of unsynced writes in a crash.
enum Crash: CaseIterable, Sendable {
    /// All of it, still unconfirmed: the process died, and a power cut may follow.
    case killed
    case allKept, allDropped
    /// A random part reached the disk. Each creation, move or removal of a name happened or not.
    /// All, none, a prefix or any sectors of 512 bytes of each write are there.
    case torn
}

extension SimulatedDisk {
    convenience init(_ found: State) {
        self.init()
        state.withLock { $0 = found }
    }

    /// The disk as it is found after a power cut that tore what was under way.
    func afterPowerCut(using random: inout some RandomNumberGenerator) -> SimulatedDisk {
        after(.torn, using: &random)
    }

    func after(
        _ cut: Crash, using random: inout some RandomNumberGenerator
    ) -> SimulatedDisk {
        SimulatedDisk(state.withLock { $0 }.after(cut, using: &random))
    }

    /// The disk as the next process finds it after a kill: all that was written is there.
    func afterKill() -> SimulatedDisk {
        SimulatedDisk(state.withLock { $0 }.afterKill())
    }
}

extension SimulatedDisk.State {
    fileprivate func afterKill() -> Self {
        var after = self
        after.hasPower = true
        after.disturb = nil
        for index in after.nodes.indices { after.nodes[index].isLocked = false }
        return after
    }

    func after(_ cut: Crash, using random: inout some RandomNumberGenerator) -> Self {
        if case .killed = cut { return afterKill() }
        var after = Self()
        after.folders = folders
        var names = confirmedNames
        for edit in pendingNames where cut.keeps(using: &random) { edit.apply(to: &names) }
        after.names = names
        after.confirmedNames = names
        after.nodes = nodes.map { earlier in
            var node = SimulatedDisk.Node(content: earlier.confirmed, pending: earlier.pending)
            for edit in node.pending {
                switch cut {
                case .killed, .allKept: SimulatedDisk.Node.apply(edit, to: &node.content)
                case .allDropped: break
                case .torn: node.tear(edit, using: &random)
                }
            }
            node.editCount = cut == .allDropped ? earlier.confirmedEditCount : earlier.editCount
            node.confirmedEditCount = node.editCount
            node.confirmed = node.content
            node.pending = []
            return node
        }
        return after
    }
}

extension Crash {
    fileprivate func keeps(using random: inout some RandomNumberGenerator) -> Bool {
        switch self {
        case .killed, .allKept: true
        case .allDropped: false
        case .torn: Bool.random(using: &random)
        }
    }
}

extension SimulatedDisk.NameEdit {
    fileprivate func apply(to names: inout [String: Int]) {
        switch self {
        case .set(let name, let node): names[name] = node
        case .remove(let name): names[name] = nil
        case .rename(let name, let newName, let node):
            names[name] = nil
            names[newName] = node
        }
    }
}

extension SimulatedDisk.Node {
    fileprivate mutating func tear(
        _ edit: SimulatedDisk.Edit, using random: inout some RandomNumberGenerator
    ) {
        switch edit {
        case .truncate:
            if Bool.random(using: &random) { Self.apply(edit, to: &content) }
        case .write(let bytes, let offset):
            // All, nothing, a prefix, or any of its sectors.
            switch Int.random(in: 0..<4, using: &random) {
            case 0: break
            case 1: Self.apply(edit, to: &content)
            case 2:
                let kept = Int.random(in: 0...bytes.count, using: &random)
                Self.apply(.write(Array(bytes.prefix(kept)), at: offset), to: &content)
            default:
                var start = 0
                while start < bytes.count {
                    let end = min(bytes.count, ((offset + start) / 512 + 1) * 512 - offset)
                    if Bool.random(using: &random) {
                        let sector = Array(bytes[start..<end])
                        Self.apply(.write(sector, at: offset + start), to: &content)
                    }
                    start = end
                }
            }
        }
    }
}
