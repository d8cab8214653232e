import Testing
import WebSocketProtocol

@Suite struct MaskingTests {
    private static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    private func masked(_ octets: [UInt8], phase: Int, key: [UInt8] = MaskingTests.key) -> [UInt8] {
        octets.enumerated().map { $1 ^ key[($0 + phase) % 4] }
    }

    @Test func `the example of the RFC is masked as there`() {
        var text = Array("Hello".utf8)
        text.withUnsafeMutableBytes { Masking.xor($0, key: maskKey(Self.key)) }
        #expect(text == [0x7F, 0x9F, 0x4D, 0x51, 0x58])
    }

    @Test(arguments: 0...3)
    func `every length, alignment and phase is masked in place, and nothing beside it`(phase: Int) {
        var random = WireRandom(seed: 1)
        for length in Array(0...80) + [127, 128, 129, 191, 192, 255, 256, 1000] {
            for alignment in 0..<(length < 80 ? 9 : 3) {
                let octets = random.octets(alignment + length + 20)
                var result = octets
                result.withUnsafeMutableBytes {
                    let part = UnsafeMutableRawBufferPointer(rebasing: $0[alignment..<alignment + length])
                    Masking.xor(part, key: maskKey(Self.key), phase: phase)
                }
                let end = alignment + length
                let expected =
                    octets[..<alignment] + masked(Array(octets[alignment..<end]), phase: phase) + octets[end...]
                #expect(result == Array(expected), "length \(length), alignment \(alignment)")
            }
        }
    }

    @Test(arguments: 0...3)
    func `a copy is masked and its source is not`(phase: Int) {
        var random = WireRandom(seed: 2)
        for length in Array(0...70) + [127, 128, 1001] {
            let octets = random.octets(length)
            var target = [UInt8](repeating: 0xEE, count: length + 3)
            octets.withUnsafeBytes { source in
                target.withUnsafeMutableBytes {
                    guard let start = $0.baseAddress else { return }
                    Masking.copy(from: source, to: start, key: maskKey(Self.key), phase: phase)
                }
            }
            #expect(target == masked(octets, phase: phase) + [0xEE, 0xEE, 0xEE], "length \(length)")
        }
    }

    // M-007
    @Test func `pieces with the right phase are the whole`() {
        var random = WireRandom(seed: 3)
        let octets = random.octets(300)
        let whole = masked(octets, phase: 0)
        for cut in 0...octets.count {
            var pieces = octets
            pieces.withUnsafeMutableBytes {
                Masking.xor(UnsafeMutableRawBufferPointer(rebasing: $0[..<cut]), key: maskKey(Self.key))
                Masking.xor(UnsafeMutableRawBufferPointer(rebasing: $0[cut...]), key: maskKey(Self.key), phase: cut)
            }
            #expect(pieces == whole, "cut at \(cut)")
        }
    }

    @Test(arguments: Array(0...80) + [128, 200])
    func `the result is known to be ASCII if and only if it is`(length: Int) {
        var octets = [UInt8](repeating: 0x61, count: length)
        #expect(isASCIIAfterMasking(octets))
        for offset in 0..<length {
            octets[offset] = 0x80
            #expect(!isASCIIAfterMasking(octets), "offset \(offset)")
            octets[offset] = 0x7F
        }
    }

    private func isASCIIAfterMasking(_ octets: [UInt8]) -> Bool {
        var masked = masked(octets, phase: 0)
        let isASCII = masked.withUnsafeMutableBytes {
            guard let start = $0.baseAddress else { return true }
            return Masking.transform(from: start, to: start, count: octets.count, key: maskKey(Self.key))
        }
        #expect(masked == octets)
        return isASCII
    }

    @Test func `a rotated key starts where the octets go on`() {
        #expect(Masking.rotated(maskKey([1, 2, 3, 4]), by: 0) == maskKey([1, 2, 3, 4]))
        #expect(Masking.rotated(maskKey([1, 2, 3, 4]), by: 1) == maskKey([2, 3, 4, 1]))
        #expect(Masking.rotated(maskKey([1, 2, 3, 4]), by: 6) == maskKey([3, 4, 1, 2]))
        #expect(Masking.rotated(maskKey([1, 2, 3, 4]), by: 7) == maskKey([4, 1, 2, 3]))
    }

    @Test func `no octets need no memory`() {
        Masking.xor(UnsafeMutableRawBufferPointer(start: nil, count: 0), key: 1)
        var octet: UInt8 = 5
        Masking.copy(from: UnsafeRawBufferPointer(start: nil, count: 0), to: &octet, key: 1)
        #expect(octet == 5)
    }
}
