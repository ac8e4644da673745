import CCurl
import Glibc

/// Why a transfer or a connection to another server came to nothing.
package enum TransferError: Error, Equatable, Sendable {
    /// Nobody listens there: the process is gone.
    case refused
    /// The name has no address.
    case resolve(String)
    case timedOut
    /// The connection broke; whether the request had an effect is not known.
    case connectionLost(String)
    /// No TLS connection, or a certificate that is not trusted.
    case tls(String)
    /// The answer exceeds what the request allows.
    case tooLarge
    case cancelled
    /// A URL or header field that cannot be sent.
    case invalidRequest(String)
    /// Another error, with libcurl's number for it.
    case other(code: Int, String)

    /// A text for logs and problems.
    package var reason: String {
        switch self {
        case .refused: "connection refused"
        case .resolve(let detail): "host name not resolved: \(detail)"
        case .timedOut: "timed out"
        case .connectionLost(let detail): "connection lost: \(detail)"
        case .tls(let detail): "TLS failed: \(detail)"
        case .tooLarge: "answer is too large"
        case .cancelled: "cancelled"
        case .invalidRequest(let detail): "request cannot be sent: \(detail)"
        case .other(let code, let detail): "libcurl error \(code): \(detail)"
        }
    }

    /// Reads libcurl's result; `detail` is what it wrote into its error buffer.
    init(_ code: CURLcode, _ easy: OpaquePointer, detail: String) {
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        switch code {
        case CURLE_COULDNT_CONNECT where Self.systemError(of: easy) == ECONNREFUSED:
            self = .refused
        case CURLE_COULDNT_RESOLVE_HOST: self = .resolve(text)
        case CURLE_OPERATION_TIMEDOUT: self = .timedOut
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE,
            CURLE_SEND_FAIL_REWIND:
            self = .connectionLost(text)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_CRL_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
            self = .tls(text)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: self = .invalidRequest(text)
        case CURLE_FILESIZE_EXCEEDED: self = .tooLarge
        default: self = .other(code: Int(code.rawValue), text)
        }
    }

    private static func systemError(of easy: OpaquePointer) -> Int32 {
        var number = 0
        ccurl_get_long(easy, CURLINFO_OS_ERRNO, &number)
        return Int32(truncatingIfNeeded: number)
    }
}
