import Testing

@testable import faulty_peer

/// That a fault changes what it names and nothing beside it, for parts that need no socket.
struct PlantedFaultTests {
    @Test func `UTF-8 is judged as the standard library judges it`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let leads: [UInt8] = [0x41, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0x80, 0x9F, 0xA0, 0xBF, 0xBE, 0xC0, 0xF5, 0xFF]
        for _ in 0..<20_000 {
            let octets = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                leads[Int.random(in: 0..<leads.count, using: &random)]
            }
            let expected = String(validating: octets, as: UTF8.self) != nil
            #expect(UTF8Check.isValid(octets) == expected, "seed \(seed): \(octets)")
        }
    }

    @Test(arguments: [
        (Fault.surrogatesAccepted, [0xED, 0xA0, 0x80] as [UInt8]), (.overlongAccepted, [0xC0, 0xAF]),
        (.beyondUnicodeAccepted, [0xF4, 0x90, 0x80, 0x80]), (.loneContinuationAccepted, [0x41, 0x80]),
        (.impossibleOctetsAccepted, [0xFF]), (.brokenCharacterSkipped, [0xE2, 0x82, 0x41]),
        (.wordCheckMissesOctet, [0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0xFF]),
    ])
    func `a fault of text lets one kind of bad text pass`(fault: Fault, octets: [UInt8]) {
        #expect(!UTF8Check.isValid(octets))
        #expect(UTF8Check.isValid(octets, fault: fault))
        #expect(UTF8Check.isValid(Array("Grüße".utf8), fault: fault))
    }

    @Test(arguments: [
        (Fault.lowCodesAccepted, 999 as UInt16), (.localCodesAccepted, 1005), (.code1015Accepted, 1015),
        (.reservedCodesAccepted, 2999), (.highCodesAccepted, 5000),
    ])
    func `a fault of codes lets one kind of bad code pass`(fault: Fault, code: UInt16) {
        #expect(!CloseBody.isAllowed(code, fault: nil))
        #expect(CloseBody.isAllowed(code, fault: fault))
        #expect(CloseBody.isAllowed(1000, fault: fault) && CloseBody.isAllowed(4999, fault: fault))
    }

    @Test(arguments: [
        ("permessage-deflate", "permessage-deflate"),
        ("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover"),
        ("permessage-deflate; server_max_window_bits=\"10\"", "permessage-deflate; server_max_window_bits=10"),
        ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
        ("permessage-deflate; client_max_window_bits=12", "permessage-deflate; client_max_window_bits=12"),
        ("x, permessage-deflate; y, permessage-deflate", "permessage-deflate"),
    ])
    func `an offer that can be accepted is`(offer: String, answer: String) throws {
        let accepted = try DeflateNegotiation.accept(elements(offer), fault: nil)
        #expect(accepted?.answer == answer)
    }

    @Test(arguments: [
        "", "x", "permessage-deflate; x", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=08",
        "permessage-deflate; server_max_window_bits=16", "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_max_window_bits; client_max_window_bits", "Permessage-Deflate",
    ])
    func `an offer that breaks a rule is declined`(offer: String) throws {
        let accepted = try DeflateNegotiation.accept(elements(offer), fault: nil)
        #expect(accepted == nil)
    }

    @Test(arguments: ["a;", "a;=b", "a b", "a;b=", "a;b=\"", "a;b=\"c d\"", "=", "\u{1}"])
    func `what breaks the grammar of extensions is an error`(header: String) {
        #expect(throws: ExtensionSyntaxError.self) { try elements(header) }
    }

    private func elements(_ header: String) throws -> [ExtensionElement] {
        try ExtensionList.elements(
            of: Head(fields: [.init(name: "Sec-WebSocket-Extensions", value: header)]), fault: nil)
    }

    @Test func `a compressed message is what RFC 7692 shows`() throws {
        let deflater = try #require(Deflater(windowBits: 15, keepsContext: true, fault: nil))
        #expect(deflater.compress(Array("Hello".utf8)) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
        #expect(deflater.compress(Array("Hello".utf8)) == [0xF2, 0x00, 0x11, 0x00, 0x00])
    }

    @Test(arguments: [
        [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
        [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
        [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
    ])
    func `the examples of RFC 7692 inflate to Hello, also octet by octet`(octets: [UInt8]) throws {
        let inflater = try #require(Inflater(windowBits: 15, keepsContext: true, fault: nil))
        for pieces in [[octets], octets.map { [$0] }] {
            var output: [UInt8] = []
            for piece in pieces { try inflater.inflate(piece, to: &output, limit: 5) }
            try inflater.finish(to: &output, limit: 5)
            #expect(output == Array("Hello".utf8))
        }
    }

    @Test(arguments: [[], [0xF2, 0x48], [0xFF, 0xFF], [0x78, 0x9C, 0xF2, 0x48], [0x00, 0x05, 0x00, 0x00, 0x00]])
    func `what is no whole DEFLATE is an error`(octets: [UInt8]) throws {
        let inflater = try #require(Inflater(windowBits: 15, keepsContext: true, fault: nil))
        #expect(throws: InflateError.self) {
            var output: [UInt8] = []
            try inflater.inflate(octets, to: &output, limit: 100)
            try inflater.finish(to: &output, limit: 100)
        }
    }

    @Test func `inflating stops at the limit`() throws {
        let deflater = try #require(Deflater(windowBits: 15, keepsContext: true, fault: nil))
        let octets = deflater.compress(Array(repeating: 0, count: 100_000))
        for (limit, isEnough) in [(100_000, true), (99_999, false)] {
            let inflater = try #require(Inflater(windowBits: 15, keepsContext: true, fault: nil))
            var output: [UInt8] = []
            let result = Result { () throws(InflateError) in try inflater.inflate(octets, to: &output, limit: limit) }
            #expect(((try? result.get()) != nil) == isEnough)
            #expect(output.count <= limit)
        }
    }
}

/// Numbers that a seed repeats.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
