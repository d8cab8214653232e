import ProtocolReference
import Testing
import WebSocketProtocol

/// Group D of the catalogue, what a peer may send.
@Suite struct InflaterTests {
    private static let hello = Array("Hello".utf8)

    // D-001, D-004, D-005, D-007, D-008: the examples of RFC 7692 §7.2.3 and more shapes.
    static let vectors: [(name: String, payload: [UInt8], message: [UInt8])] = [
        ("a fixed block", [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], hello),
        ("a stored block", [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00], hello),
        ("a block with BFINAL", [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00], hello),
        ("a block with BFINAL and nothing after it", [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], hello),
        (
            "two blocks", [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00], hello
        ),
        (
            "two blocks with BFINAL",
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00], hello + hello
        ),
        ("an empty stored block", [0x00], []), ("an empty fixed block", [0x02, 0x00], []),
        ("an empty stored block with BFINAL", [0x01], []), ("an empty fixed block with BFINAL", [0x03, 0x00], []),
        ("padding that is not zero", [0xF8], []),
    ]

    @Test(arguments: vectors, Delivery.all)
    func `every shape of a message is understood`(
        _ vector: (name: String, payload: [UInt8], message: [UInt8]), _ delivery: Delivery
    ) throws {
        let inflating = try Inflating()
        for round in 0..<3 {
            let message = try inflating.message(vector.payload, delivery)
            #expect(message == vector.message, "\(vector.name), round \(round)")
        }
        var reference = ReferenceInflater()
        #expect(try reference.inflate(vector.payload) == vector.message)
    }

    // D-003
    @Test(arguments: Delivery.all) func `a message refers to an earlier one`(_ delivery: Delivery) throws {
        let inflating = try Inflating()
        #expect(try inflating.message([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], delivery) == Self.hello)
        #expect(try inflating.message([0xF2, 0x00, 0x11, 0x00, 0x00], delivery) == Self.hello)
    }
}
