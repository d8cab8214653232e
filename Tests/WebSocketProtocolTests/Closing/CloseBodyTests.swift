import Testing
import WebSocketProtocol

@Suite struct CloseBodyTests {
    private func encode(_ code: CloseCode?, _ reason: String = "") throws -> [UInt8] {
        var octets = [UInt8](repeating: 0xEE, count: 125)
        let count = try octets.withUnsafeMutableBytes { memory in
            guard let start = memory.baseAddress else { return 0 }
            return try CloseBody.encode(code: code, reason: reason, into: start)
        }
        return Array(octets[..<count])
    }

    private func decode(_ octets: [UInt8]) throws(ProtocolError) -> (code: CloseCode?, reason: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: octets.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: octets)
        let (code, reason) = try CloseBody.decode(UnsafeRawBufferPointer(copy))
        return (code, Array(reason))
    }

    // C-047
    @Test func `a body is empty, a code, or a code and a reason`() throws {
        #expect(try encode(nil) == [])
        #expect(try encode(.normalClosure) == [0x03, 0xE8])
        #expect(try encode(.goingAway, "bye é") == [0x03, 0xE9] + Array("bye é".utf8))
    }

    // C-046, C-024
    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] as [UInt16])
    func `a code that must not be sent is refused`(number: UInt16) {
        let code = CloseCode(rawValue: number)
        #expect(throws: CloseBodyError.codeNotAllowed(code)) { try encode(code) }
        #expect(throws: CloseBodyError.codeNotAllowed(code)) { try CloseBody.check(code: code) }
    }

    // C-025, C-046
    @Test func `a reason of 123 octets is sent and of 124 refused`() throws {
        let longest = String(repeating: "é", count: 61) + "x"
        #expect(try encode(.normalClosure, longest).count == 125)
        #expect(throws: CloseBodyError.reasonTooLong(length: 124)) { try encode(.normalClosure, longest + "x") }
    }

    @Test func `a reason needs a code`() {
        #expect(throws: CloseBodyError.reasonWithoutCode) { try encode(nil, "why") }
    }

    @Test(
        arguments: [
            (.codeNotAllowed(.abnormalClosure), "1006"), (.reasonTooLong(length: 130), "130"),
            (.reasonWithoutCode, "code"),
        ] as [(CloseBodyError, String)])
    func `a refusal says what to change`(error: CloseBodyError, part: String) {
        #expect(error.description.contains(part))
    }

    @Test(arguments: [nil, .normalClosure, CloseCode(rawValue: 4999)], ["", "why", "çà et là"])
    func `what is encoded is decoded`(code: CloseCode?, reason: String) throws {
        let reason = code == nil ? "" : reason
        let body = try decode(encode(code, reason))
        #expect(body.code == code)
        #expect(body.reason == Array(reason.utf8))
    }

    @Test(
        arguments: [
            ([0x03], .closeBodyOfOneByte), ([0x03, 0xE7], .invalidCloseCode(999)),
            ([0x03, 0xED], .invalidCloseCode(1005)),
            ([0x03, 0xE8, 0xFF], .invalidUTF8InCloseReason(offset: 0)),
            ([0x03, 0xE8, 0x61, 0xC3], .invalidUTF8InCloseReason(offset: 2)),
        ] as [([UInt8], ProtocolError)])
    func `a wrong body is named`(body: [UInt8], error: ProtocolError) {
        #expect(throws: error) { try decode(body) }
    }
}
