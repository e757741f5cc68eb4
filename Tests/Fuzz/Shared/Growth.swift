/// Mutates by libFuzzer's own means, and now and then by what those hardly find: the same thing a
/// thousand times over. Only length shows what costs more than its length.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
    _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ countMax: Int, _ seed: CUnsignedInt
) -> Int {
    var numbers = Numbers(state: UInt64(seed))
    guard numbers.next(below: 8) == 0, count < countMax else {
        return LLVMFuzzerMutate(bytes, count, countMax)
    }
    let buffer = UnsafeMutableBufferPointer(start: bytes, count: countMax)
    let place = numbers.place(in: buffer[..<count])
    let run = numbers.run(atMost: countMax - count)
    var end = count
    while end > place {
        end -= 1
        buffer[end + run.count] = buffer[end]
    }
    for (index, byte) in run.enumerated() { buffer[place + index] = byte }
    return count + run.count
}

/// Units whose repetition may be expensive.
private let units: [[UInt8]] = [
    fallingMarks(14),
    // One letter with a thousand marks, and letters that fold to more than one.
    Array("\u{0301}".utf8), Array("a\u{0301}".utf8), Array("\u{0130}".utf8), Array("\u{FB03}".utf8),
    Array("\u{1F468}\u{200D}".utf8), Array("\u{AC00}".utf8), Array("\u{00A0}".utf8),
    Array("a".utf8), Array(" ".utf8), Array("9".utf8), [0xCC], [0x00],
    Array("\\u0301".utf8), Array("\\n".utf8), Array("\\ud83d\\ude00".utf8), Array("\\\\".utf8),
    Array("%CC%81".utf8), Array("+".utf8), Array("&a=1".utf8), Array("/".utf8), Array("/..".utf8),
    Array("[".utf8), Array("{\"a\":".utf8), Array("[],".utf8), Array("{},".utf8), Array("0,".utf8),
    Array("\"\",".utf8), Array("{\"text\":\"\"},".utf8), Array("{\"result\":\"\"},".utf8),
    Array("W/\"a\", ".utf8), Array("a=b; ".utf8), Array(", ".utf8), Array("\r\n".utf8),
]

/// Returns `count` bytes of combining marks in falling classes. Canonical order (UAX 15) moves each
/// of them past all earlier ones.
private func fallingMarks(_ count: Int) -> [UInt8] {
    let marks: [Unicode.Scalar] = [
        "\u{0345}", "\u{035D}", "\u{0315}", "\u{0301}", "\u{0316}", "\u{0327}", "\u{0335}",
    ]
    return marks.flatMap { mark in
        [[UInt8]](repeating: Array(mark.utf8), count: count / 2 / marks.count).flatMap { $0 }
    }
}

/// Numbers that follow from a seed.
private struct Numbers {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(truncatingIfNeeded: state >> 33) % limit
    }

    /// Mostly behind what separates, where a value begins.
    mutating func place(in bytes: Slice<UnsafeMutableBufferPointer<UInt8>>) -> Int {
        let start = next(below: bytes.count + 1)
        guard next(below: 4) > 0 else { return start }
        let found = bytes[start...].firstIndex { $0 == 0xFE || "\",:[{=&;/ ".utf8.contains($0) }
        return found.map { $0 + 1 } ?? start
    }

    /// As long as it may become, or a half, a quarter, … of that.
    mutating func run(atMost countMax: Int) -> [UInt8] {
        let count = countMax >> next(below: 12)
        switch next(below: 8) {
        case 0: return members(atMost: count)
        case 1, 2: return fallingMarks(count)
        default: ()
        }
        let unit = units[next(below: units.count)]
        var run: [UInt8] = []
        run.reserveCapacity(count)
        while run.count + unit.count <= count { run += unit }
        return run
    }

    /// `"0":0,"1":0,…`: names that differ.
    private func members(atMost count: Int) -> [UInt8] {
        var run: [UInt8] = []
        var number = 0
        while true {
            let member = Array("\"\(number)\":0,".utf8)
            if run.count + member.count > count { return run }
            run += member
            number += 1
        }
    }
}
