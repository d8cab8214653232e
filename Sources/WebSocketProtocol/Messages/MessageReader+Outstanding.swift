extension MessageReader {
    /// Payload octets of the current data frame that have not arrived yet and will be kept; 0 between frames.
    package var outstandingPayload: Int { phase == .dataPayload && !deliversParts ? frameRemaining : 0 }
}
