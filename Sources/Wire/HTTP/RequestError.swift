/// Why a request was refused before anybody could look at what it wants.
///
/// After any of these nothing on the connection can be trusted: the answer is its last one.
package enum RequestError: Error, Equatable, Sendable {
    case bareLineEnding
    case malformedRequestLine
    case methodTooLong(limit: Int)
    case unknownMethod
    case unsupportedVersion
    case malformedTarget
    case requestLineTooLong(limit: Int)

    case headerBlockTooLarge(limit: Int)
    case tooManyFields(limit: Int)
    case malformedFieldName
    case malformedFieldValue
    case foldedField
    case aliasOfFramingField

    case missingHost
    case repeatedHost
    case malformedHost
    case targetDisagreesWithHost

    case malformedContentLength
    case repeatedContentLength
    case lengthAndTransferEncoding
    case unsupportedTransferEncoding
    case transferEncodingInOldVersion
    case unknownExpectation

    case malformedChunk
    case forbiddenTrailer
    case bodyTooLarge(limit: Int)
}

extension RequestError {
    /// The status that the client gets.
    package var status: Int {
        switch self {
        case .bodyTooLarge: 413
        case .requestLineTooLong: 414
        case .unknownExpectation: 417
        case .headerBlockTooLarge, .tooManyFields: 431
        case .unknownMethod: 501
        case .unsupportedVersion: 505
        case .bareLineEnding, .malformedRequestLine, .methodTooLong, .malformedTarget,
            .malformedFieldName, .malformedFieldValue, .foldedField, .aliasOfFramingField,
            .missingHost, .repeatedHost, .malformedHost, .targetDisagreesWithHost,
            .malformedContentLength, .repeatedContentLength, .lengthAndTransferEncoding,
            .unsupportedTransferEncoding, .transferEncodingInOldVersion, .malformedChunk,
            .forbiddenTrailer:
            400
        }
    }

    /// One sentence for the author of the client.
    package var detail: String {
        switch self {
        case .bareLineEnding: "A line does not end in CRLF."
        case .malformedRequestLine: "The request line is not METHOD SP TARGET SP HTTP/1.1."
        case .methodTooLong(let limit): "The method is longer than \(limit) bytes."
        case .unknownMethod: "The method is unknown."
        case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are supported."
        case .malformedTarget:
            "The request target is not a path that begins with '/' and is percent-encoded."
        case .requestLineTooLong(let limit): "The request line is longer than \(limit) bytes."
        case .headerBlockTooLarge(let limit): "The header fields are larger than \(limit) bytes."
        case .tooManyFields(let limit): "There are more than \(limit) header fields."
        case .malformedFieldName: "A header field's name is empty or has a forbidden character."
        case .malformedFieldValue: "A header field's value has a control character."
        case .foldedField: "A header field begins with white space."
        case .aliasOfFramingField: "A header field is a framing field spelled with '_'."
        case .missingHost: "The Host header is missing."
        case .repeatedHost: "The Host header occurs more than once."
        case .malformedHost: "The Host header is not HOST or HOST:PORT."
        case .targetDisagreesWithHost: "The request target and the Host header differ."
        case .malformedContentLength: "Content-Length is not a decimal number of bytes."
        case .repeatedContentLength: "Content-Length occurs more than once."
        case .lengthAndTransferEncoding: "Content-Length and Transfer-Encoding are both present."
        case .unsupportedTransferEncoding: "The only supported transfer coding is chunked."
        case .transferEncodingInOldVersion: "HTTP/1.0 has no Transfer-Encoding."
        case .unknownExpectation: "The only supported expectation is 100-continue."
        case .malformedChunk: "The chunked body is malformed."
        case .forbiddenTrailer: "A trailer field is only allowed in the head."
        case .bodyTooLarge(let limit): "The body is larger than \(limit) bytes."
        }
    }
}
