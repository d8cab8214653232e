/// What the inflated form of one message may cost.
package struct InflationLimits: Equatable, Sendable {
    /// The most octets of a message after inflation; 16 MiB. More fails the connection with 1009.
    package var maximumSize: Int
    /// How many octets one octet of a message may become; 200. DEFLATE can reach 1,032, text reaches 5 to 20. More
    /// fails the connection with 1009. `Int.max` takes every ratio.
    package var maximumRatio: Int
    /// Octets up to which no ratio is too high; 1 MiB. It lets small messages of one repeated octet pass.
    package var ratioFloor: Int

    /// Negative values mean 0.
    package init(maximumSize: Int = 16 << 20, maximumRatio: Int = 200, ratioFloor: Int = 1 << 20) {
        self.maximumSize = max(0, maximumSize)
        self.maximumRatio = max(0, maximumRatio)
        self.ratioFloor = max(0, ratioFloor)
    }

    /// The most that `arrived` octets of a message may become.
    func ceiling(arrived: Int) -> Int { min(maximumSize, ratioCeiling(arrived: arrived)) }

    /// Why a message of `arrived` octets, so far, may not become one octet more than its ceiling.
    func error(arrived: Int) -> ProtocolError {
        maximumSize <= ratioCeiling(arrived: arrived)
            ? .messageTooLarge(length: UInt64(maximumSize) + 1, limit: maximumSize)
            : .compressionRatioTooHigh(limit: maximumRatio)
    }

    private func ratioCeiling(arrived: Int) -> Int {
        let (product, overflow) = arrived.multipliedReportingOverflow(by: maximumRatio)
        return overflow ? .max : max(ratioFloor, product)
    }
}
