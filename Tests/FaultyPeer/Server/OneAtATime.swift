import Synchronization

/// What makes connections wait for each other; only faults take it.
enum OneAtATime {
    static let lock = Mutex(())
}
