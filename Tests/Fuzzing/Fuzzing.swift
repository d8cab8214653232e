import CLibFuzzer
import FuzzEntries
import Glibc

/// libFuzzer over the entry that `FUZZ_ENTRY` names; the arguments are libFuzzer's. `make fuzz` runs it.
@main
enum Fuzzing {
    private static let entry: FuzzEntry = {
        let name = getenv("FUZZ_ENTRY").map { String(cString: $0) } ?? ""
        guard let entry = FuzzEntry(rawValue: name) else {
            say("FUZZ_ENTRY is one of \(FuzzEntry.allCases.map(\.rawValue).joined(separator: ", "))\n")
            exit(2)
        }
        return entry
    }()

    static func main() {
        _ = entry
        var count = CommandLine.argc
        // libFuzzer keeps them to the end of the process.
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { start, count in Fuzzing.test(start, count) })
    }

    /// What is broken ends the process, and libFuzzer makes the input a file.
    private static func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        do throws(BrokenProperty) {
            try entry.run(Array(UnsafeBufferPointer(start: start, count: count)))
        } catch {
            // fuzz.sh names the file after the first line.
            say("\nbroken property: \(error.name)\n\(error.detail.prefix(4_000))\n")
            abort()
        }
        return 0
    }

    private static func say(_ text: String) {
        var text = text
        // Nobody to tell if this fails.
        _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
