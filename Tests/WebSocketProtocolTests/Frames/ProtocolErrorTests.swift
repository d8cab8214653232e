import Testing
import WebSocketProtocol

@Suite struct ProtocolErrorTests {
    // C-040
    @Test(
        arguments: [
            (.reservedBitsSet(bits: 0x40), .protocolError), (.reservedOpcode(3), .protocolError),
            (.fragmentedControlFrame(opcode: 9), .protocolError), (.controlFrameTooLong(opcode: 9), .protocolError),
            (.unmaskedFrame, .protocolError), (.maskedFrame, .protocolError),
            (.nonMinimalLength(length: 1, form: 16), .protocolError), (.lengthTooLarge, .protocolError),
            (.unexpectedContinuation, .protocolError), (.expectedContinuation(opcode: 1), .protocolError),
            (.closeBodyOfOneByte, .protocolError), (.invalidCloseCode(1005), .protocolError),
            (.invalidUTF8(offset: 0), .invalidPayloadData), (.invalidUTF8InCloseReason(offset: 0), .invalidPayloadData),
            (.messageTooLarge(length: 2, limit: 1), .messageTooBig), (.tooManyFragments(limit: 1), .policyViolation),
            (.corruptCompressedData(offset: 1), .invalidPayloadData),
            (.cutCompressedMessage(length: 1), .invalidPayloadData),
            (.compressionRatioTooHigh(limit: 200), .messageTooBig), (.outOfMemory(requested: 1), .internalError),
        ] as [(ProtocolError, CloseCode)])
    func `an error has its code and a sentence that fits a Close reason`(error: ProtocolError, code: CloseCode) {
        #expect(error.closeCode == code)
        #expect(error.closeCode.isAllowedOnWire)
        let sentence = error.description
        #expect(sentence.hasSuffix("."))
        #expect(sentence.utf8.count <= CloseBody.maximumReasonLength)
        #expect(sentence.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `the sentence does not repeat what the network sent`() {
        let one = ProtocolError.messageTooLarge(length: 4711, limit: 42).description
        #expect(one == ProtocolError.messageTooLarge(length: 1, limit: 0).description)
    }
}
