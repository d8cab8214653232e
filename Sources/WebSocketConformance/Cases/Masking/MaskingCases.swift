import BenchResults

/// Masking (RFC 6455 §5.1, §5.3, §10.3).
enum MaskingCases {
    static let all: [Case] = ServerMaskingCases.all + ClientMaskingCases.all

    /// Masking against the rules has to end the connection; 1002 is only what the Close MAY say (RFC 6455 §5.1). Not 1000: that
    /// is how a Close is answered which was taken for a good one.
    static let otherCodes: [UInt16] = [1001, 1003, 1007, 1008, 1011]

    /// A case of frames of which at least one is masked, or not, against the rules.
    static func violation(
        _ row: String, _ variant: String?, _ title: String, roles: Set<CaseRole>, _ frames: [Frame],
        after before: [Event] = []
    ) -> Case {
        Case(
            row, variant, title, roles: roles,
            script: .failure(frames, [1002], lenient: otherCodes, after: before))
    }
}
