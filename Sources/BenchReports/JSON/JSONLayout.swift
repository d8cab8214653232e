/// Folds lists of plain values in pretty-printed JSON into full lines.
///
/// The encoder gives each number a line of its own; a histogram of 3,000 buckets would be 6,000 of them.
enum JSONLayout {
    private static let width = 118

    static func folded(_ pretty: String) -> String {
        var output: [UInt8] = []
        let bytes = Array(pretty.utf8)
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let end = stringEnd(bytes, from: index)
                output += bytes[index..<end]
                index = end
            case UInt8(ascii: "["):
                if let list = plainList(bytes, from: index) {
                    append(list.items, to: &output, indent: indent(of: output))
                    index = list.end
                } else {
                    output.append(bytes[index])
                    index += 1
                }
            default:
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The position after the string literal that starts at `start`.
    private static func stringEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    /// The items of a list that holds neither lists nor objects, and the position after it; else nil.
    private static func plainList(_ bytes: [UInt8], from start: Int) -> (items: [ArraySlice<UInt8>], end: Int)? {
        var items: [ArraySlice<UInt8>] = []
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "]"): return (items, index + 1)
            case UInt8(ascii: "["), UInt8(ascii: "{"): return nil
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: ","): index += 1
            case UInt8(ascii: "\""):
                let end = stringEnd(bytes, from: index)
                items.append(bytes[index..<end])
                index = end
            default:
                let end = bytes[index...].firstIndex { ",] \n".utf8.contains($0) } ?? bytes.count
                items.append(bytes[index..<end])
                index = end
            }
        }
        return nil
    }

    private static func append(_ items: [ArraySlice<UInt8>], to output: inout [UInt8], indent: Int) {
        let flat = items.reduce(0) { $0 + $1.count + 2 }
        output.append(UInt8(ascii: "["))
        if items.count == 1 || indent + flat <= width {
            for (position, item) in items.enumerated() {
                if position > 0 { output += ", ".utf8 }
                output += item
            }
        } else {
            var column = Int.max
            for (position, item) in items.enumerated() {
                if position > 0 { output.append(UInt8(ascii: ",")) }
                if column > width - item.count - 2 {
                    output += newline(indent: indent + 2)
                    column = indent + 2
                } else {
                    output.append(UInt8(ascii: " "))
                    column += 1
                }
                output += item
                column += item.count + 1
            }
            output += newline(indent: indent)
        }
        output.append(UInt8(ascii: "]"))
    }

    /// How far the line that `output` ends in is indented.
    private static func indent(of output: [UInt8]) -> Int {
        let start = (output.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        return output[start...].prefix { $0 == UInt8(ascii: " ") }.count
    }

    private static func newline(indent: Int) -> [UInt8] {
        [UInt8(ascii: "\n")] + [UInt8](repeating: UInt8(ascii: " "), count: indent)
    }
}
