import ProtocolReference
import Testing
import WebSocketProtocol

/// Group U of the catalogue: text is checked as it arrives, over all cuts.
@Suite struct TextMessageTests {
    // U-001, U-002, U-003
    @Test(arguments: [
        "κόσμε", "é€😀", "\u{0}\u{7F}\n", "\u{FEFF}bom", "e\u{301}é", "\u{FFFE}\u{10FFFF}\u{D7FF}\u{E000}",
    ])
    func `text arrives as it is, fragmented anywhere`(text: String) {
        let octets = Array(text.utf8)
        expect([.text(text)], give: [.text(text)])
        for first in 0...octets.count {
            for second in first...octets.count {
                let frames = [
                    WireFrame.text(octets: Array(octets[..<first])).notFinal,
                    .continuation(octets: Array(octets[first..<second])).notFinal,
                    .continuation(octets: Array(octets[second...])),
                ]
                let wire = frames.octets(to: .server)
                #expect(read(wire, as: .server) == [.text(text)])
                #expect(read(wire, as: .server, .octetByOctet) == [.text(text)])
            }
        }
    }

    // U-004, U-005
    @Test func `a character may be continued after empty fragments and control frames`() {
        let halves = (WireFrame.text(octets: [0xE2, 0x82]).notFinal, WireFrame.continuation(octets: [0xAC]))
        expect([halves.0, .continuation("").notFinal, halves.1], give: [.text("€")])
        expect([halves.0, .ping("p"), .pong(), halves.1], give: [.ping("p"), .pong(""), .text("€")])
    }

    // U-006
    @Test(arguments: ["é", "€", "😀"])
    func `a message that ends inside a character is refused at its end`(character: String) {
        let octets = Array("ab".utf8) + Array(character.utf8)
        for end in 3..<octets.count {
            let error = Received.failed(.invalidUTF8(offset: end))
            expect([.text(octets: Array(octets[..<end])), .ping()], give: [error])
            expect([.text("ab").notFinal, .continuation(octets: Array(octets[2..<end]))], give: [error])
            expect([.text(octets: Array(octets[..<end])).notFinal, .continuation("")], give: [error])
        }
    }

    // U-007
    @Test func `a fragment cannot end what the one before began`() {
        expect(
            [.text(octets: [0x61, 0xC3]).notFinal, .continuation("b")], give: [.failed(.invalidUTF8(offset: 2))])
    }

    // U-008 to U-013
    @Test(
        arguments: [
            ([0xC0], 0), ([0xFF], 0), ([0x80], 0), ([0xE0, 0x80, 0x80], 1), ([0xED, 0xA0, 0x80], 1),
            ([0xF4, 0x90, 0x80, 0x80], 1),
            ([0xDF, 0x41], 1), ([0xF8, 0x88, 0x80, 0x80, 0x80], 0),
        ] as [([UInt8], Int)])
    func `text that is not UTF-8 is refused, wherever it stands`(octets: [UInt8], offset: Int) {
        for padding in [0, 1, 16, 61, 64, 119] {
            let text = [UInt8](repeating: 0x61, count: padding) + octets + [0x62]
            let error = Received.failed(.invalidUTF8(offset: padding + offset))
            let wire = WireFrame.text(octets: text).octets(to: .server)
            for segmentation in Segmentation.all(wire.count) {
                #expect(read(wire, as: .server, segmentation) == [error], "\(padding) \(segmentation)")
            }
            expect(
                [.text("x").notFinal, .continuation(octets: octets)], give: [.failed(.invalidUTF8(offset: 1 + offset))])
        }
    }

    // U-018
    @Test func `a bad octet in a fragment is refused before the next arrives`() {
        expect(
            [.text("a").notFinal, .continuation(octets: [0x62, 0xFF]).notFinal],
            give: [.failed(.invalidUTF8(offset: 2))])
    }

    // U-019
    @Test func `a bad octet is refused while the payload is incomplete`() {
        var frame = WireFrame.text(octets: Array("abc".utf8) + [0xFF]).declaring(100)
        expect([frame], give: [.failed(.invalidUTF8(offset: 3))])
        frame = frame.declaring(100_000)
        expect([frame], give: [.failed(.invalidUTF8(offset: 3))])
    }

    // U-020, F-056
    @Test func `binary messages are not checked`() {
        expect([.binary([0xFF, 0xC0])], give: [.binary([0xFF, 0xC0])])
        expect([.binary([0xFF]).notFinal, .continuation(octets: [0xC0])], give: [.binary([0xFF, 0xC0])])
    }

    // U-026
    @Test func `text with a bit of an extension is not checked, the next is again`() {
        let bad: [UInt8] = [0xFF, 0x00, 0xC0]
        let frames = [WireFrame.text(octets: bad).reserved(0x40), .text(octets: bad)]
        expect(frames, give: [.message(.text, reserved: 0x40, bad), .failed(.invalidUTF8(offset: 0))], reserved: 0x40)
        expect(
            [WireFrame.text(octets: bad).reserved(0x40).notFinal, .continuation(octets: bad)],
            give: [.message(.text, reserved: 0x40, bad + bad)], reserved: 0x40)
    }

    // U-021
    @Test(arguments: [0, 7, 8, 15, 16, 31, 32, 63, 64, 127, 4095])
    func `a bad octet in long ASCII is refused`(offset: Int) {
        var octets = [UInt8](repeating: 0x61, count: 4096)
        octets[offset] = 0xFF
        for role in [Role.server, .client] {
            #expect(
                read(WireFrame.text(octets: octets).octets(to: role), as: role) == [
                    .failed(.invalidUTF8(offset: offset))
                ])
        }
    }

    // U-022
    @Test(arguments: [4096, 8192, 16384, 65536])
    func `characters may lie across the boundaries of pieces`(boundary: Int) {
        for character in ["é", "€", "😀"] {
            for start in boundary - 4...boundary {
                let text = String(repeating: "a", count: start) + character + String(repeating: "b", count: 20)
                let wire = WireFrame.text(text).octets(to: .server)
                #expect(read(wire, as: .server) == [.text(text)])
                #expect(read(wire, as: .server, .direct(after: 100)) == [.text(text)])
            }
        }
    }

    // U-023
    @Test func `nothing is carried over to the next message`() {
        expect(
            [.text("é"), .text(octets: [0xA9])], give: [.text("é"), .failed(.invalidUTF8(offset: 0))])
    }

    // U-024
    @Test(arguments: 0..<3)
    func `a long text of all widths in random fragments arrives`(seed: UInt64) {
        var random = WireRandom(seed: seed)
        let octets = mixedText(&random, characters: 20_000)
        var frames: [WireFrame] = []
        var position = 0
        while position < octets.count {
            let end = min(octets.count, position + Int.random(in: 0...5000, using: &random))
            frames.append(
                WireFrame(
                    opcode: frames.isEmpty ? 1 : 0, payload: Array(octets[position..<end]),
                    isFinal: end == octets.count,
                    key: random.octets(4)))
            position = end
        }
        #expect(read(frames.octets(to: .server), as: .server) == [.message(.text, octets)], "seed \(seed)")
        #expect(
            read(frames.octets(to: .client), as: .client, .direct(after: 9)) == [.message(.text, octets)],
            "seed \(seed)")
    }
}
