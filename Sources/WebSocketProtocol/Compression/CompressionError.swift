/// Why there is no compressor or inflater: a setting that zlib does not have, or no memory.
package enum CompressionError: Error, Equatable, Sendable {
    /// Not in 8...15.
    case invalidWindowBits(Int)
    /// Not in 1...9.
    case invalidMemoryLevel(Int)
    /// Not in 0...9.
    case invalidLevel(Int)
    /// The system refused about this many octets.
    case outOfMemory(requested: Int)
    /// What zlib answered otherwise, such as -6 for a library of another version than its header.
    case refused(code: Int32)
}
