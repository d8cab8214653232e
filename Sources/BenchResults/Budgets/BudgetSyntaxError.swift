/// Why a budget expression cannot be read, and where.
package struct BudgetSyntaxError: Error, Sendable, Hashable {
    /// How many characters of the expression stand before the fault.
    package let offset: Int
    /// A sentence without its full stop, with the nearest known name where there is one.
    package let message: String
    /// The name that was probably meant.
    package let nearest: String?
    /// The names that are possible at this place.
    package let known: [String]

    init(offset: Int, message: String, nearest: String? = nil, known: [String] = []) {
        self.offset = offset
        self.message = message
        self.nearest = nearest
        self.known = known
    }
}
