import Lavalink
import Wire

/// Checks of texts that more than one setting needs.
enum Checks {
    /// Bytes of the name of a node, a bot or a token.
    static let longestName = 64

    @Sendable static func notEmpty(_ text: String) throws(SettingFault) {
        guard !text.isEmpty else { throw SettingFault("must not be empty") }
    }

    /// Names stand in paths and labels, so they are of letters that need no escape there.
    @Sendable static func name(_ text: String) throws(SettingFault) {
        let isName =
            !text.isEmpty && text.utf8.count <= longestName
            && text.utf8.allSatisfy(\.isNameCharacter)
        guard isName else {
            throw SettingFault(
                "must be 1 to \(longestName) letters, digits, '.', '-' or '_'"
            )
        }
    }

    @Sendable static func host(_ text: String) throws(SettingFault) {
        guard HostName.isPlausible(text) else {
            throw SettingFault("must be a host name or an IP address, without scheme, port or path")
        }
    }

    @Sendable static func userID(_ text: String) throws(SettingFault) {
        guard UserID(text) != nil else {
            throw SettingFault("must be a Discord id, a decimal number in a string")
        }
    }

    @Sendable static func sha256(_ text: String) throws(SettingFault) {
        guard Hexadecimal.bytes(text)?.count == 32 else {
            throw SettingFault(
                "must be the SHA-256 of a token, 64 hexadecimal digits; "
                    + "`lavadeck token new` creates both"
            )
        }
    }

    /// A number without a fraction that says nothing: `5`, `0.5`.
    static func shortest(_ number: Double) -> String {
        Int64(exactly: number)?.description ?? number.description
    }
}
