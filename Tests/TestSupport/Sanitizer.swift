import Glibc

/// What this process was instrumented with (`make check`).
package enum Sanitizer: Sendable {
    case address
    case thread

    package static let current: Sanitizer? =
        if hasSymbol("__asan_init") { .address } else if hasSymbol("__tsan_init") { .thread } else { nil }

    /// Whether memory is more than the tested code's own: shadow memory, and freed blocks that are held back.
    package static var countsMemory: Bool { current != nil }

    private static func hasSymbol(_ name: String) -> Bool { dlsym(nil, name) != nil }
}
