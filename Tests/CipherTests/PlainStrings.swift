import CipherAPI
import Encoding

@testable import Cipher

// Texts as Strings, which tests are easier to read with.
extension CipherItem {
    init(text: String, keyContext: String = "") {
        self.init(text: JSONText(ByteText(text)), keyContext: JSONText(ByteText(keyContext)))
    }
}

extension Sealer {
    mutating func result(
        _ operation: CipherOperation, _ item: CipherItem
    ) throws(CipherFault) -> String {
        try perform(operation, item).text.string
    }
}
