/// What is wrong with a value of a JSON text that is itself well formed.
package struct JSONFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where, as a JSON pointer (RFC 6901): `/tracks/0/encoded`; empty for the whole text.
    package var pointer: String
    /// What is wrong and what would be right, as the rest of a sentence that begins with the name.
    package var detail: String
    package var location: TextLocation?

    package init(pointer: String, detail: String, location: TextLocation? = nil) {
        self.pointer = pointer
        self.detail = detail
        self.location = location
    }

    package var description: String { (pointer.isEmpty ? "the body" : pointer) + " " + detail }
}
