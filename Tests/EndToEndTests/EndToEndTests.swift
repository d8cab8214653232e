import Testing

/// Everything that starts processes: one at a time.
@Suite(.serialized) enum EndToEndTests {}
