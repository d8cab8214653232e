/// Base framing and fragmentation (RFC 6455 §5.2, §5.4).
enum FramingCases {
    static let all: [Case] = lengths() + reservedBits()

    private static func lengths() -> [Case] {
        [0, 1, 125, 126, 127, 65535, 65536, 65537, 1 << 20].flatMap { count in
            let letters = [UInt8](repeating: UInt8(ascii: "*"), count: count)
            let octets = [UInt8](repeating: 0xfe, count: count)
            return [
                Case(
                    "F-001", "text-\(count)", "text of \(count) octets",
                    script: .echo([.text(letters)], [.text(letters)])),
                Case(
                    "F-001", "binary-\(count)", "binary of \(count) octets",
                    script: .echo([.binary(octets)], [.binary(octets)])),
            ]
        }
    }

    private static func reservedBits() -> [Case] {
        (UInt8(1)...7).flatMap { bits in
            [("text", Frame.text("Hello")), ("binary", Frame.binary([1, 2, 3]))].map { name, frame in
                Case(
                    "F-012", "\(name)-rsv\(bits)", "\(name) with the reserved bits \(bits)",
                    script: .failure([frame.with(reservedBits: bits)], [1002]))
            }
        }
    }
}
