/// Which part of a list a request asks for.
struct Page {
    static let standardLimit = 100
    static let limits = 1...1000

    let limit: Int
    private let context: Context

    init(_ context: Context) throws(Problem) {
        limit = try context.query("limit", in: Self.limits) ?? Self.standardLimit
        self.context = context
    }

    /// Where to go on: what `next` said in the answer before.
    func after<Cursor>(
        _ name: String,
        _ read: (String) -> Cursor?
    ) throws(Problem) -> Cursor? {
        guard let text = context.query(name) else { return nil }
        guard let cursor = read(text) else {
            throw .query(name, "must be the \"next\" of an earlier answer")
        }
        return cursor
    }
}
