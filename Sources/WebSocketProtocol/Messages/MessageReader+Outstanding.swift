extension MessageReader {
    /// Payload octets of the current data frame that have not arrived yet; 0 between frames.
    package var outstandingPayload: Int { phase == .dataPayload ? frameRemaining : 0 }
}
