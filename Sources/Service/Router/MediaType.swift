/// What a Content-Type says.
enum MediaType {
    /// Whether it is JSON in UTF-8; an absent type is taken for it.
    static func isJSON(_ text: String?) -> Bool {
        guard let text else { return true }
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard trimmed(parts[0]).lowercased() == "application/json" else { return false }
        return parts.dropFirst().allSatisfy { part in
            let parameter = trimmed(part).lowercased()
            guard parameter.hasPrefix("charset=") else { return true }
            let charset = parameter.dropFirst(8)
            return charset == "utf-8" || charset == "\"utf-8\""
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...end]
    }
}
