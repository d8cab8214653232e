/// Text is UTF-8 (RFC 6455 §5.6, §8.1; RFC 3629).
enum UTF8Cases {
    static let all: [Case] =
        sequences() + specials() + exactness() + boundaries() + betweenHalves()
        + unfinished() + impossible() + misplaced() + overlong() + surrogates() + aboveRange()
        + early() + notText() + offsets() + straddling() + carriedOver()
        + mixedWidths() + compressed() + fromApplication() + random()

    /// Octets in hexadecimal, as names of variants.
    static func name(_ octets: [UInt8]) -> String { octets.map { hexadecimal([$0]) }.joined(separator: "-") }

    /// The octets that RFC 3629 §3 would make of `scalar`, also where it forbids them (surrogates, above U+10FFFF), and in
    /// more octets than needed when `count` says so: up to six, as in RFC 2279.
    static func encoded(_ scalar: UInt32, count: Int? = nil) -> [UInt8] {
        let count =
            count
            ?? (scalar < 0x80
                ? 1
                : scalar < 0x800
                    ? 2 : scalar < 0x10000 ? 3 : scalar < 0x20_0000 ? 4 : scalar < 0x400_0000 ? 5 : 6)
        guard count > 1 else { return [UInt8(scalar & 0x7f)] }
        let leads: [UInt8] = [0, 0, 0xc0, 0xe0, 0xf0, 0xf8, 0xfc]
        let rest = (0..<count - 1).reversed().map { UInt8(0x80 | scalar >> (UInt32($0) * 6) & 0x3f) }
        return [leads[count] | UInt8(truncatingIfNeeded: scalar >> (UInt32(count - 1) * 6))] + rest
    }

    static func echo(_ octets: [UInt8]) -> Script { .echo([.text(octets)], [.text(octets)]) }

    /// Text with `octets` in the middle, that is not UTF-8.
    static func invalid(_ octets: [UInt8]) -> Script {
        .failure([Frame.text(Array("begin ".utf8) + octets + Array(" end".utf8)).offending], [1007])
    }
}
