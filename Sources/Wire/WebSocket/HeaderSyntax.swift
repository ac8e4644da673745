/// What may stand in a head that we write (RFC 9110 §5): nothing else keeps a value from forging
/// one.
package enum HeaderSyntax {
    /// A token: letters, digits and ``!#$%&'*+-.^_`|~``.
    package static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(ByteClass.token.contains)
    }

    /// Anything but control bytes; tabs are allowed.
    package static func isValue(_ value: some StringProtocol) -> Bool {
        value.utf8.allSatisfy(\.isFieldContent)
    }
}
