package import BenchResults

/// What was run, in words that all reports share.
package enum RunDescription {
    /// A sentence about who triggers the messages, since it decides how latencies read.
    package static func loadModel(_ model: String) -> String {
        switch model {
        case "open":
            "Open loop: messages have a planned time, whether the server keeps up or not."
        case "closed":
            "Closed loop: each answer triggers the next message, so a slow server is asked less. "
                + "Read throughput here, not latency under a given load."
        case "mixed":
            "Mixed: some behaviours follow a schedule (open loop), others wait for each answer (closed loop)."
        case "idle":
            "Idle: connections are held open and send next to nothing."
        default: model
        }
    }

    package static func origin(_ target: RunResult.Target) -> String {
        switch target.origin {
        case "embedded": "wsbench's own echo server, in a process of its own"
        case "started": "started by wsbench"
        case "external": "already running, started by someone else"
        default: target.origin
        }
    }

    package static func machine(_ machine: RunResult.Machine) -> String {
        "\(machine.cores) \(machine.cores == 1 ? "core" : "cores") (\(machine.processor)), "
            + "\(QuantityText.bytes(Double(machine.memory))) of memory, \(machine.kernel), "
            + "\(QuantityText.exact(machine.descriptorLimit)) file descriptors"
    }

    /// `2026-03-01 14:05:09 UTC` of seconds since 1970.
    package static func date(_ seconds: Double) -> String {
        // Years 1970 to 9999; anything else was not a clock.
        guard seconds.isFinite, seconds >= 0, seconds < 253_402_300_800 else { return QuantityText.missing }
        let whole = Int(seconds)
        let (days, rest) = whole.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = civil(days: days)
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2)) "
            + "\(pad(rest / 3600, 2)):\(pad(rest / 60 % 60, 2)):\(pad(rest % 60, 2)) UTC"
    }

    /// The Gregorian date `days` after 1970-01-01, by counting in eras of 400 years that start in March.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The command as a shell reads it back to the same arguments.
    package static func command(_ arguments: [String]) -> String {
        arguments.map(quoted).joined(separator: " ")
    }

    private static func quoted(_ argument: String) -> String {
        let plain = argument.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:=@%+,".utf8.contains(byte)
            }
        }
        guard !plain || argument.isEmpty else { return argument }
        // Inside single quotes nothing is special but the quote itself, which is written outside.
        return "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
