import Control

/// The sessions on the nodes.
struct SessionTable {
    private let upsert: Statement
    private let remove: Statement
    private let removeOfBot: Statement
    private let all: Statement

    init(_ connection: borrowing Connection) throws(StorageError) {
        upsert = try connection.prepare(
            """
            INSERT INTO sessions (bot, node, session_id) VALUES (?, ?, ?)
            ON CONFLICT (bot, node) DO UPDATE SET session_id = excluded.session_id
            """
        )
        remove = try connection.prepare("DELETE FROM sessions WHERE bot = ? AND node = ?")
        removeOfBot = try connection.prepare("DELETE FROM sessions WHERE bot = ?")
        all = try connection.prepare("SELECT bot, node, session_id FROM sessions")
    }

    func set(_ session: String?, on node: NodeName, of bot: BotName) throws(StorageError) {
        guard let session else {
            return try remove.run { row in
                row.text(bot.text)
                row.text(node.text)
            }
        }
        try upsert.run { row in
            row.text(bot.text)
            row.text(node.text)
            row.text(session)
        }
    }

    func removeAll(of bot: BotName) throws(StorageError) {
        try removeOfBot.run { row in row.text(bot.text) }
    }

    func forEach(
        _ body: (BotName, NodeName, String) -> Void
    ) throws(StorageError) {
        try all.forEachRow { row throws(StorageError) in
            body(BotName(try row.text()), NodeName(try row.text()), try row.text())
        }
    }
}
