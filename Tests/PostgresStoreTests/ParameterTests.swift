import Encoding
import Testing

@testable import PostgresStore

@Suite struct ParameterTests {
    @Test func `an array is written as PostgreSQL reads it`() {
        let header: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 20]
        let elements: [UInt8] = [
            0, 0, 0, 8, 255, 255, 255, 255, 255, 255, 255, 254, 255, 255, 255, 255,
        ]
        #expect(
            Parameter.numbers([-2, nil]).bytes == header + [0, 0, 0, 2, 0, 0, 0, 1] + elements)
        #expect(Parameter.texts([]).bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 17])
    }

    @Test func `values are read from the places of a row`() {
        let rows = Rows(
            count: 2, columnCount: 3,
            bytes: [255, 255, 255, 254, 65, 66, 1], ends: [4, ~4, 6, ~6, 6, 7])
        let found = rows.map { ($0.numberIfAny(0), $0.textIfAny(1), $0.textIfAny(2)) }
        #expect(found[0].0 == -2 && found[0].1 == nil && found[0].2 == "AB")
        #expect(found[1].0 == nil && found[1].1 == "" && rows.map { $0.flag(2) }[1])
    }
}
