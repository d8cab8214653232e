import Testing

/// Everything that runs a load, a server or a process: one at a time, since runs that share two cores measure each other.
@Suite(.serialized) enum EngineTests {}
