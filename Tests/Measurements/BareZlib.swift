import CLinux
import CZlib
import Foundation

/// The work of a compressing echo without anything around it: messages are inflated and deflated again.
struct BareZlib {
    let file: String
    let level: Int
    /// With contexts kept from message to message, as many as there are connections: what is not in the cache costs both
    /// sides the same.
    let contexts: Int
    /// Messages of one context that follow each other.
    let burst: Int

    /// Prints CPU seconds a message, with contexts kept from message to message, and with one that is reset before each.
    func run() throws {
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map { Array($0.utf8) }
        var figures: [String: Double] = ["messages": Double(lines.count)]
        for (name, count) in [("dedicated", contexts), ("shared", 0)] {
            let sent = compressed(lines, contexts: count)
            // The first round warms up.
            for _ in 0..<2 { figures[name] = echo(sent, contexts: count) / Double(sent.count) }
            figures["\(name).octets"] = Double(sent.reduce(0) { $0 + $1.octets.count }) / Double(sent.count)
        }
        let text = try JSONSerialization.data(withJSONObject: figures, options: [.sortedKeys])
        print(String(decoding: text, as: UTF8.self))
    }

    private struct Message {
        var octets: [UInt8]
        let context: Int
    }

    /// zlib's two streams of each context, with the defaults of `dedicated`.
    private final class Streams {
        let deflaters: UnsafeMutablePointer<z_stream>
        let inflaters: UnsafeMutablePointer<z_stream>
        private let count: Int

        init(count: Int, level: Int) {
            self.count = count
            deflaters = .allocate(capacity: count)
            inflaters = .allocate(capacity: count)
            deflaters.initialize(repeating: z_stream(), count: count)
            inflaters.initialize(repeating: z_stream(), count: count)
            for index in 0..<count {
                czlib_deflate_init_raw(deflaters + index, Int32(level), 15, 8, Z_DEFAULT_STRATEGY)
                czlib_inflate_init_raw(inflaters + index, 15)
            }
        }

        deinit {
            for index in 0..<count {
                deflateEnd(deflaters + index)
                inflateEnd(inflaters + index)
            }
            deflaters.deallocate()
            inflaters.deallocate()
        }
    }

    /// What clients send, with the tail that the receiver adds. Contexts take turns with a burst each; 0 means one context
    /// that is reset before each message.
    private func compressed(_ lines: [[UInt8]], contexts: Int) -> [Message] {
        let streams = Streams(count: max(1, contexts), level: level)
        return lines.indices.map { index in
            let context = contexts == 0 ? 0 : (index / burst) % contexts
            var line = lines[index]
            var output = [UInt8](repeating: 0, count: line.count + 64)
            let count = line.withUnsafeMutableBufferPointer { input in
                output.withUnsafeMutableBufferPointer { room in
                    Self.deflated(input, into: room, streams.deflaters + context, resets: contexts == 0)
                }
            }
            return Message(octets: Array(output[..<count]), context: context)
        }
    }

    private static func deflated(
        _ input: UnsafeMutableBufferPointer<UInt8>, into room: UnsafeMutableBufferPointer<UInt8>,
        _ stream: UnsafeMutablePointer<z_stream>, resets: Bool
    ) -> Int {
        if resets { deflateReset(stream) }
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = room.baseAddress
        stream.pointee.avail_out = UInt32(room.count)
        deflate(stream, Z_SYNC_FLUSH)
        return room.count - Int(stream.pointee.avail_out)
    }

    /// CPU seconds of one round.
    private func echo(_ messages: [Message], contexts: Int) -> Double {
        let streams = Streams(count: max(1, contexts), level: level)
        let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 20)
        let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 20)
        defer {
            room.deallocate()
            output.deallocate()
        }
        var messages = messages
        let start = clinux_thread_cpu_ns()
        for index in messages.indices {
            let context = messages[index].context
            let inflater = streams.inflaters + context
            messages[index].octets.withUnsafeMutableBufferPointer { message in
                if contexts == 0 { inflateReset(inflater) }
                inflater.pointee.next_in = message.baseAddress
                inflater.pointee.avail_in = UInt32(message.count)
                inflater.pointee.next_out = room.baseAddress
                inflater.pointee.avail_out = UInt32(room.count)
                inflate(inflater, Z_SYNC_FLUSH)
            }
            let inflated = UnsafeMutableBufferPointer(rebasing: room[..<(room.count - Int(inflater.pointee.avail_out))])
            _ = Self.deflated(inflated, into: output, streams.deflaters + context, resets: contexts == 0)
        }
        return Double(clinux_thread_cpu_ns() - start) / 1e9
    }
}
