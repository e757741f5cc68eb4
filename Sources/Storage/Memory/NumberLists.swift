/// Many lists of numbers, most of them short, in common pages. A list of two costs eight bytes. An
/// array of its own would cost eighty.
///
/// The block of a list holds a power of two numbers. A list that outgrows its block moves to the
/// next size and frees the block. A list that is too long for a page has an array of its own.
struct NumberLists: Sendable {
    struct List: Sendable {
        fileprivate(set) var count: UInt32 = 0
        /// The position in the pages, or the key in `arrays` for a list with its own array.
        fileprivate var block: UInt32 = 0
        /// The exponent of the block's capacity. 0 means no block, and `ownArray` means an array.
        fileprivate var size: UInt8 = 0
    }

    private static let pageSize: UInt8 = 13
    private static let ownArray = pageSize + 1

    private var pages: [[UInt32]] = []
    private var freed = [[UInt32]](repeating: [], count: Int(pageSize) + 1)
    private var arrays: [UInt32: [UInt32]] = [:]
    private var lastKey: UInt32 = 0

    func number(_ index: Int, of list: List) -> UInt32 {
        precondition(index >= 0 && index < list.count)
        if list.size == Self.ownArray { return arrays[list.block]?[index] ?? 0 }
        let place = Int(list.block) + index
        return pages[place >> Int(Self.pageSize)][place & (1 << Int(Self.pageSize) - 1)]
    }

    func numbers(_ range: Range<Int>, of list: List) -> [UInt32] {
        range.map { number($0, of: list) }
    }

    mutating func append(_ number: UInt32, to list: inout List) {
        if list.size == Self.ownArray {
            arrays[list.block]?.append(number)
        } else {
            if list.size == 0 || Int(list.count) == 1 << Int(list.size) { move(&list) }
            if list.size == Self.ownArray {
                arrays[list.block]?.append(number)
            } else {
                set(number, at: Int(list.block) + Int(list.count))
            }
        }
        list.count += 1
    }

    mutating func remove(at index: Int, from list: inout List) {
        if list.size == Self.ownArray {
            arrays[list.block]?.remove(at: index)
        } else {
            for next in index..<(Int(list.count) - 1) {
                set(number(next + 1, of: list), at: Int(list.block) + next)
            }
        }
        list.count -= 1
        if list.count == 0 { free(&list) }
    }

    /// Replaces the numbers of a list with the same numbers in another order.
    mutating func reorder(_ list: List, _ numbers: [UInt32]) {
        precondition(numbers.count == Int(list.count))
        if list.size == Self.ownArray {
            arrays[list.block] = numbers
        } else {
            for (index, number) in numbers.enumerated() { set(number, at: Int(list.block) + index) }
        }
    }

    /// Empties a list and frees its block.
    mutating func free(_ list: inout List) {
        if list.size == Self.ownArray {
            arrays[list.block] = nil
        } else if list.size > 0 {
            freed[Int(list.size)].append(list.block)
        }
        list = List()
    }

    private mutating func set(_ number: UInt32, at place: Int) {
        pages[place >> Int(Self.pageSize)][place & (1 << Int(Self.pageSize) - 1)] = number
    }

    private mutating func move(_ list: inout List) {
        let numbers = numbers(0..<Int(list.count), of: list)
        var larger = List()
        larger.size = list.size + 1
        larger.count = list.count
        if larger.size == Self.ownArray {
            lastKey += 1
            larger.block = lastKey
            arrays[lastKey] = numbers
        } else {
            larger.block = block(ofSize: larger.size)
            reorder(larger, numbers)
        }
        free(&list)
        list = larger
    }

    private mutating func block(ofSize size: UInt8) -> UInt32 {
        if let block = freed[Int(size)].popLast() { return block }
        if size == Self.pageSize {
            pages.append([UInt32](repeating: 0, count: 1 << Int(size)))
            return UInt32(pages.count - 1) << UInt32(size)
        }
        // Splits the next larger block and keeps its second half for a later request.
        let whole = block(ofSize: size + 1)
        freed[Int(size)].append(whole + 1 << UInt32(size))
        return whole
    }
}
