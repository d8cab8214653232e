/// A non-negative decimal number as a person writes it (`15_000`, `0.5`), kept exact.
///
/// Quantities become whole nanoseconds, bytes and counts; going through floating point would turn `0.1ms` into a
/// number beside the one that was written.
package struct DecimalNumber: Sendable, Hashable {
    /// All digits without the point; at most ``maximumDigits`` of them, so it always fits and converts exactly.
    package let mantissa: UInt64
    /// How many of the digits stand behind the point.
    package let scale: Int

    /// More digits than these would not survive a conversion to `Double`.
    package static let maximumDigits = 15

    /// Reads the number at the start of `text` and returns what follows it; nil when no number starts there.
    ///
    /// `_` may stand between two digits. Signs, exponents and a leading or trailing point are not numbers here.
    package static func prefix(of text: Substring) -> (number: DecimalNumber, rest: Substring)? {
        var mantissa: UInt64 = 0
        var digits = 0
        var scale = 0
        var rest = text

        func digit(_ character: Character?) -> UInt64? {
            guard let character, character.isASCII, let value = character.wholeNumberValue else { return nil }
            return UInt64(value)
        }

        func takeDigits(behindPoint: Bool) -> Bool {
            var taken = 0
            while let first = rest.first {
                if first == "_", taken > 0, digit(rest.dropFirst().first) != nil {
                    rest = rest.dropFirst()
                    continue
                }
                guard let value = digit(first) else { break }
                digits += 1
                guard digits <= maximumDigits else { return false }
                mantissa = mantissa * 10 + value
                taken += 1
                if behindPoint { scale += 1 }
                rest = rest.dropFirst()
            }
            return taken > 0
        }

        guard takeDigits(behindPoint: false) else { return nil }
        if rest.first == "." {
            rest = rest.dropFirst()
            guard takeDigits(behindPoint: true) else { return nil }
        }
        return (DecimalNumber(mantissa: mantissa, scale: scale), rest)
    }

    private var divisor: UInt64 {
        var power: UInt64 = 1
        for _ in 0..<scale { power *= 10 }
        return power
    }

    package var value: Double { Double(mantissa) / Double(divisor) }

    /// The number times `factor` when that is a whole number of at most 64 bits, else nil.
    package func wholeMultiple(of factor: UInt64) -> UInt64? {
        let product = mantissa.multipliedFullWidth(by: factor)
        let divisor = self.divisor
        guard product.high < divisor else { return nil }
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        return remainder == 0 ? quotient : nil
    }
}
