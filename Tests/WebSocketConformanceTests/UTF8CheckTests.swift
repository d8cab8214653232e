import Testing

@testable import WebSocketConformance

/// The suite's own validator, against the standard library's.
struct UTF8CheckTests {
    @Test func `every text of up to three octets is judged as the standard library judges it`() {
        for first in UInt8.min...UInt8.max {
            #expect(UTF8Check.isValid([first]) == (String(validating: [first], as: UTF8.self) != nil))
            for second in UInt8.min...UInt8.max {
                let pair = [first, second]
                #expect(UTF8Check.isValid(pair) == (String(validating: pair, as: UTF8.self) != nil))
            }
        }
    }
}
