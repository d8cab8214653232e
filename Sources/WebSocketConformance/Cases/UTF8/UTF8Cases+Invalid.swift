/// Text that no decoder may take (RFC 3629 §3, §4): the connection fails with 1007 (RFC 6455 §8.1).
extension UTF8Cases {
    static func unfinished() -> [Case] {
        let characters: [[UInt8]] = [[0xc3, 0xa9], [0xe2, 0x82, 0xac], [0xf0, 0x9d, 0x84, 0x9e]]
        let before = Array("be".utf8)
        return characters.flatMap { character in
            (1..<character.count).flatMap { count -> [Case] in
                let part = Array(character.prefix(count))
                let name = "\(count)-of-\(character.count)-octets"
                return [
                    Case(
                        "U-006", name, "a message that ends behind \(count) of \(character.count) octets",
                        script: .failure([Frame.text(before + part).offending], [1007])),
                    Case(
                        "U-006", "\(name)-in-fragments",
                        "a message in fragments that ends behind \(count) of \(character.count) octets",
                        script: .failure(
                            [.text(before + part, isFinal: false), Frame.continuation([]).offending], [1007])),
                ]
            }
        } + [
            Case(
                "U-007", "last-fragment", "ASCII in the last fragment where a character goes on",
                script: .failure([.text([0x62, 0xc3], isFinal: false), Frame.continuation("end").offending], [1007])),
            Case(
                "U-007", "middle-fragment", "ASCII in a middle fragment where a character goes on",
                script: .failure(
                    [
                        .text([0x62, 0xf0, 0x9d], isFinal: false), Frame.continuation("e", isFinal: false).offending,
                        .continuation([0x84, 0x9e]),
                    ], [1007])),
        ]
    }

    static func impossible() -> [Case] {
        ([0xc0, 0xc1] + Array(0xf5...0xff) as [UInt8]).flatMap { octet in
            [
                Case(
                    "U-008", name([octet]), "the octet \(name([octet])), which is in no character",
                    script: invalid([octet])),
                Case(
                    "U-008", "\(name([octet]))-continued", "the octet \(name([octet])) as if it began a character",
                    script: invalid([octet, 0x80, 0x80, 0x80])),
            ]
        }
    }

    static func misplaced() -> [Case] {
        let leads: [UInt8] = [0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xef, 0xf0, 0xf3, 0xf4]
        let lone: [[UInt8]] =
            [[0x80], [0xbf]] + (2...6).map { count in (0..<count).map { $0 % 2 == 0 ? 0x80 : 0xbf } }
            + [Array(0x80...0xbf)]
        return lone.map { octets in
            Case(
                "U-009", octets.count == 64 ? "all" : name(octets), "\(octets.count) octets that continue nothing",
                script: invalid(octets))
        }
            + leads.map { lead in
                Case(
                    "U-010", name([lead]), "\(name([lead])), which begins a character, before a space",
                    script: invalid([lead, 0x20]))
            }
            + [
                Case(
                    "U-010", "all-of-two", "all that begin characters of two octets, before spaces",
                    script: invalid((0xc2...0xdf).flatMap { [UInt8($0), 0x20] })),
                Case(
                    "U-010", "second-octet", "a character of three octets that breaks off behind two",
                    script: invalid([0xe2, 0x82, 0x20])),
                Case(
                    "U-010", "third-octet", "a character of four octets that breaks off behind three",
                    script: invalid([0xf0, 0x9d, 0x84, 0x20])),
            ]
    }

    static func overlong() -> [Case] {
        // A slash, NUL and the last character that needs one octet less, in two to six octets.
        let lasts: [Int: UInt32] = [2: 0x7f, 3: 0x7ff, 4: 0xffff, 5: 0x1f_ffff, 6: 0x3ff_ffff]
        return (2...6).flatMap { count in
            [0x2f, 0, lasts[count] ?? 0].map { scalar in
                let octets = encoded(scalar, count: count)
                return Case(
                    "U-011", name(octets), "U+\(String(scalar, radix: 16)) in \(count) octets", script: invalid(octets))
            }
        }
    }

    static func surrogates() -> [Case] {
        let single: [UInt32] = [0xd800, 0xdb7f, 0xdb80, 0xdbff, 0xdc00, 0xdf80, 0xdfff]
        let pairs = [0xd800, 0xdb7f, 0xdb80, 0xdbff].flatMap { high in
            [(high, 0xdc00), (high, 0xdfff)] as [(UInt32, UInt32)]
        }
        return single.map { scalar in
            Case(
                "U-012", String(scalar, radix: 16), "the surrogate U+\(String(scalar, radix: 16))",
                script: invalid(encoded(scalar)))
        }
            + pairs.map { high, low in
                Case(
                    "U-012", "\(String(high, radix: 16))-\(String(low, radix: 16))", "a pair of surrogates",
                    script: invalid(encoded(high) + encoded(low)))
            }
            + (1...9).map { number in
                Case(
                    "U-012", "random-\(number)", "a random surrogate", isRandom: true,
                    accepts: invalid([]).accept.map(\.summary)
                ) { probe in
                    let scalar = UInt32.random(in: 0xd800...0xdfff, using: &probe.random)
                    return try await probe.run(invalid(encoded(scalar)))
                }
            }
    }

    static func aboveRange() -> [Case] {
        let scalars: [UInt32] = [
            0x11_0000, 0x13_ffff, 0x14_0000, 0x1f_ffff, 0x20_0000, 0x3ff_ffff, 0x400_0000, 0x7fff_ffff,
        ]
        return scalars.map { scalar in
            let octets = encoded(scalar)
            return Case(
                "U-013", name(octets), "U+\(String(scalar, radix: 16)), in \(octets.count) octets",
                script: invalid(octets))
        } + [Case("U-013", "f4-90", "the first octets of U+110000", script: invalid([0xf4, 0x90]))]
    }

    /// Where vectorised validators change their stride.
    static func offsets() -> [Case] {
        [0, 7, 8, 15, 16, 31, 32, 63, 64, 127, 4080, 4095].flatMap { offset in
            ([("ff", 0xff), ("continuation", 0x80)] as [(String, UInt8)]).map { name, octet in
                var octets = [UInt8](repeating: UInt8(ascii: "a"), count: 4096)
                octets[offset] = octet
                return Case(
                    "U-021", "\(name)-at-\(offset)", "\(hexadecimal([octet])) at offset \(offset) of 4 KiB of ASCII",
                    script: .failure([Frame.text(octets).offending], [1007]))
            }
        }
    }

    static func carriedOver() -> [Case] {
        let before: [(name: String, title: String, frame: Frame, event: Event)] = [
            ("after-text", "a valid text message", .text("é"), .text("é")),
            ("after-binary", "binary that ends inside a character", .binary([0xc3]), .binary([0xc3])),
        ]
        return before.map { name, title, frame, event in
            Case(
                "U-023", name, "a message that begins with a continuation octet, behind \(title)",
                script: Script(
                    [.send([frame]), .awaitEvents(1), .send([Frame.text([0xa9, 0x61]).offending])],
                    accept: [.failure([1007], after: [event])]))
        } + [
            Case(
                "U-023", "in-one-run", "a message that begins with a continuation octet, in one run with a valid one",
                script: .failure([.text("é"), Frame.text([0xa9, 0x61]).offending], [1007], after: [.text("é")]))
        ]
    }
}
