import Synchronization

extension SimulatedDisk {
    /// The disk as it is found after a power cut: what was confirmed, and of the rest whatever
    /// happened to reach it: names each on its own, of writes any sectors of 512 bytes.
    func afterPowerCut(using random: inout some RandomNumberGenerator) -> SimulatedDisk {
        let before = state.withLock { $0 }
        var after = State()
        after.folders = before.folders
        var names = before.confirmedNames
        for edit in before.pendingNames where Bool.random(using: &random) {
            switch edit {
            case .rename(let old, let name, let node):
                names[old] = nil
                names[name] = node
            case .set(let name, let node): names[name] = node
            case .remove(let name): names[name] = nil
            }
        }
        after.names = names
        after.confirmedNames = names
        after.nodes = before.nodes.map { node in
            var node = Node(content: node.confirmed, pending: node.pending)
            for edit in node.pending { node.tear(edit, using: &random) }
            node.confirmed = node.content
            node.pending = []
            return node
        }
        let disk = SimulatedDisk()
        disk.state.withLock { $0 = after }
        return disk
    }

    /// The disk as the next process finds it after a kill: all that was written is there.
    func afterKill() -> SimulatedDisk {
        let before = state.withLock { $0 }
        let disk = SimulatedDisk()
        disk.state.withLock { state in
            state = before
            state.hasPower = true
            state.disturb = nil
            for index in state.nodes.indices { state.nodes[index].isLocked = false }
        }
        return disk
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
