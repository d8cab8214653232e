import Glibc

/// Octets that any number of streams, on any loop, send from where they are.
///
/// `@unchecked Sendable`: nothing in it changes after `init`.
package final class SharedBytes: @unchecked Sendable {
    package let bytes: UnsafeRawBufferPointer

    /// - Parameter fill: writes all of the `count` octets.
    package init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        fill(storage)
        bytes = UnsafeRawBufferPointer(storage)
    }

    deinit { bytes.deallocate() }
}
