import Testing
import WebSocketProtocol

@Suite struct CloseCodeTests {
    // C-006, C-007, C-008
    @Test(arguments: Array(1000...1003) + Array(1007...1014) + [3000, 3001, 3003, 3999, 4000, 4999] as [UInt16])
    func `a Close may carry it`(code: UInt16) {
        #expect(CloseCode(rawValue: code).isAllowedOnWire)
    }

    // C-010 to C-014
    @Test(
        arguments: [0, 1, 500, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 32768, 65535]
            as [UInt16])
    func `a Close must not carry it`(code: UInt16) {
        #expect(!CloseCode(rawValue: code).isAllowedOnWire)
    }

    @Test func `exactly the registered and open ranges are allowed`() {
        let allowed = (0...UInt16.max).filter { CloseCode(rawValue: $0).isAllowedOnWire }
        #expect(allowed == Array(1000...1003) + Array(1007...1014) + Array(3000...4999))
    }

    @Test(
        arguments: [
            (.normalClosure, 1000, true), (.goingAway, 1001, true), (.protocolError, 1002, true),
            (.unsupportedData, 1003, true), (.noStatusReceived, 1005, false), (.abnormalClosure, 1006, false),
            (.invalidPayloadData, 1007, true), (.policyViolation, 1008, true), (.messageTooBig, 1009, true),
            (.mandatoryExtension, 1010, true), (.internalError, 1011, true), (.serviceRestart, 1012, true),
            (.tryAgainLater, 1013, true), (.badGateway, 1014, true), (.tlsHandshakeFailure, 1015, false),
            (.unauthorized, 3000, true), (.forbidden, 3003, true), (.timeout, 3008, true),
        ] as [(CloseCode, UInt16, Bool)])
    func `a name has its registered number`(code: CloseCode, number: UInt16, isAllowed: Bool) {
        #expect(code.rawValue == number)
        #expect(code.isAllowedOnWire == isAllowed)
        #expect(code.description.hasPrefix("\(number) ("))
    }

    @Test func `a code without a name is a number`() {
        #expect(CloseCode(rawValue: 4711).description == "4711")
    }
}
