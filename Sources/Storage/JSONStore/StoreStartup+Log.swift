internal import Logging

extension StoreStartup {
    /// Logs what the startup found in the folder.
    func log(to logger: Logger) {
        let torn = recovery.lastEnd.tornBytes
        if torn > 0 {
            logger.warning(
                "a torn tail was cut off the journal",
                metadata: [
                    "segment": "\(recovery.lastSegment)",
                    "offset": "\(recovery.lastEnd.length)", "bytes": "\(torn)",
                ])
        }
        if ready == nil {
            logger.error("the disk is full or takes no writes; the store can only be read")
        }
        for file in exposedFiles {
            if let fault = file.fault {
                logger.warning(
                    "others may read \(file.path): run chmod 600 on it",
                    metadata: ["fault": "\(fault)"])
            } else {
                logger.warning("others could read \(file.path): its mode is 0600 now")
            }
        }
        if lock == nil { logger.warning("the data folder could not be locked") }
        let exhausted = recovery.exhausted
        guard exhausted.count > 0 else { return }
        for conversation in exhausted.listed { logger.error("\(conversation)") }
        logger.error(
            "conversations take no more messages", metadata: ["count": "\(exhausted.count)"])
    }
}
