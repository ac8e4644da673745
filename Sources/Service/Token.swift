import Wire

/// A bearer token: shown once, when it is made, kept as its SHA-256 alone.
package struct Token: Sendable {
    /// Characters that a token has at least; R39.
    package static let shortest = 16

    /// Bytes of chance in a new one.
    static let randomBytes = 32

    package let text: Secret
    /// What stands in the configuration, as hexadecimal digits.
    package var sha256: String { Hexadecimal.text(SHA256.hash(Array(text.reveal().utf8))) }

    /// Makes one.
    ///
    /// - Parameter generator: the system's, which is fit for secrets; tests have their own.
    package init(using generator: inout some RandomNumberGenerator) {
        let bytes = (0..<Self.randomBytes).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        text = Secret("ld_" + Hexadecimal.text(bytes))
    }
}
