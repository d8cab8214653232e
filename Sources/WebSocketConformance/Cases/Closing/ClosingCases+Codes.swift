/// What a Close frame holds: nothing, a code, a reason (RFC 6455 §5.5.1, §7.4).
extension ClosingCases {
    static func replies() -> [Case] {
        [
            Case("C-001", "at-once", "Close 1000 as the first frame", script: accepted([.close(1000)])),
            Case(
                "C-001", "after-echo", "Close 1000 after an echo",
                script: Script(
                    [.send([.text("Hello")]), .awaitEvents(1), .send([.close(1000)])],
                    accept: [.reply([1000], lenient: [nil], after: [.text("Hello")])])),
            Case(
                "C-002", nil, "Close without a code",
                script: Script([.send([.close()])], accept: [.reply([nil, 1000])])),
        ]
    }

    static func payloads() -> [Case] {
        let letters = { (count: Int) in [UInt8](repeating: UInt8(ascii: "r"), count: count) }
        return [
            Case(
                "C-003", nil, "Close with half a code",
                script: .failure([Frame(Frame.close, [0x03]).offending], [1002]))
        ]
            + [1, 122, 123].map { count in
                Case(
                    "C-004", "reason-\(count)", "Close with a reason of \(count) octets",
                    script: accepted([.close(1000, letters(count))]))
            }
            + [126, 127, 65535].map { count in
                Case(
                    "C-005", "body-\(count)", "Close with a body of \(count) octets",
                    script: .failure([Frame.close(1000, letters(count - 2)).offending], [1002]))
            }
    }

    static func validCodes() -> [Case] {
        ([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011] as [UInt16]).map { code in
            Case("C-006", "\(code)", "Close \(code)", script: taken(code))
        }
            + ([1012, 1013, 1014] as [UInt16]).map { code in
                Case("C-007", "\(code)", "Close \(code), registered with IANA", script: taken(code, lenient: [1002]))
            }
            + ([3000, 3001, 3999, 4000, 4001, 4999] as [UInt16]).map { code in
                Case("C-008", "\(code)", "Close \(code)", script: taken(code))
            }
            + ([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4000, 4999] as [UInt16]).map { code in
                Case(
                    "C-009", "\(code)", "the code of the reply to Close \(code)",
                    script: accepted([.close(code)], code: code))
            }
    }

    /// Any reply that takes `code` as valid; whether it is repeated is C-009's question.
    private static func taken(_ code: UInt16, lenient: [UInt16?] = []) -> Script {
        Script([.send([.close(code, "bye")])], accept: [.reply([code, 1000, nil], lenient: lenient)])
    }

    static func invalidCodes() -> [Case] {
        let forbidden: [(row: String, codes: [UInt16])] = [
            ("C-010", [0, 1, 999, 500]), ("C-011", [1004, 1005, 1006]), ("C-012", [1015]),
        ]
        // Refused by convention only, so taking them is not failed.
        let unassigned: [(row: String, codes: [UInt16])] = [
            ("C-013", [1016, 1100, 1999, 2000, 2500, 2999]), ("C-014", [5000, 32768, 65535]),
        ]
        return forbidden.flatMap { row, codes in
            codes.map { code in
                Case(
                    row, codes.count == 1 ? nil : "\(code)", "Close \(code), which is never sent",
                    script: .failure([Frame.close(code, "bye").offending], [1002]))
            }
        }
            + unassigned.flatMap { row, codes in
                codes.map { code in
                    Case(
                        row, "\(code)", "Close \(code), which nobody has assigned",
                        script: .failure([Frame.close(code, "bye").offending], [1002], lenient: [code, 1000]))
                }
            }
    }

    static func reasons() -> [Case] {
        let invalid: [(name: String, octets: [UInt8])] = [
            ("truncated", [0x62, 0x79, 0xe4, 0xbd]), ("overlong", [0xc0, 0xaf]), ("surrogate", [0xed, 0xa0, 0x80]),
            ("lone-continuation", [0x62, 0x80, 0x79]), ("ff", [0x62, 0x79, 0xff]),
            ("above-10ffff", [0xf4, 0x90, 0x80, 0x80]),
        ]
        let two = Array(String(repeating: "é", count: 61).utf8) + [UInt8(ascii: ".")]
        let three = Array(String(repeating: "€", count: 41).utf8)
        let four = Array(String(repeating: "𝄞", count: 30).utf8) + Array("€".utf8)
        let full: [(name: String, octets: [UInt8])] = [("2-octet", two), ("3-octet", three), ("4-octet", four)]
        return invalid.map { name, octets in
            Case(
                "C-015", name, "Close with a reason that is not UTF-8: \(name)",
                script: .failure([Frame.close(1000, octets).offending], [1007, 1002]))
        }
            + full.map { name, octets in
                Case(
                    "C-016", name, "Close with 123 octets of \(name) characters as the reason",
                    script: accepted([.close(1000, octets)]))
            }
            + cutCloses()
    }

    private static func cutCloses() -> [Case] {
        // Behind the header of the sender's role: 2 octets, and 4 of the key when it masks.
        let places: [(name: String, offset: Int)] = [
            ("first-code-octet", 0), ("second-code-octet", 1), ("reason", 2), ("inside-reason", 4),
        ]
        let accepts = accepted([.close(1000, "goodbye")]).accept.map(\.summary)
        return [
            Case(
                "C-039", "header", "Close cut inside its header",
                script: accepted([.close(1000, "goodbye")], cut: .at([1]))),
            Case(
                "C-039", "every-octet", "Close octet by octet",
                script: accepted([.close(1000, "goodbye")], cut: .everyOctet)),
        ]
            + places.map { name, offset in
                Case("C-039", name, "Close cut before the \(name)", accepts: accepts) { probe in
                    let header = probe.sender == .client ? 6 : 2
                    return try await probe.run(accepted([.close(1000, "goodbye")], cut: .at([header + offset])))
                }
            }
    }
}
