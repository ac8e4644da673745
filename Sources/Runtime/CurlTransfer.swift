import CCurl
import Wire

/// One request and what has come back of it so far.
///
/// libcurl's callbacks have a reference to it as their user data.
final class CurlTransfer {
    /// Bytes of all header lines of an answer.
    static let headBytes = 64 * 1024

    let handle: CurlHandle
    private let body: [UInt8]
    private var sent = 0
    private let maximumResponseBytes: Int
    private var head: [UInt8] = []
    private var headLength = 0
    private var received: [UInt8] = []
    private var isTooLarge = false

    /// Takes a handle of `spare`, or a new one.
    init(
        _ request: OutboundRequest,
        caFile: String?,
        reusing spare: inout [CurlHandle]
    ) throws(TransferError) {
        let lines = try Self.headerLines(request)
        if let last = spare.last {
            try last.prepareAgain(url: request.url, caFile: caFile)
            handle = spare.removeLast()
        } else {
            handle = try CurlHandle(url: request.url, caFile: caFile)
        }
        body = request.body ?? []
        maximumResponseBytes = request.maximumResponseBytes
        handle.setTimeout(request.timeout)
        handle.setHeaderLines(lines)
        setMethod(request)
        setCallbacks()
    }

    /// What became of it, once libcurl is done with `code`.
    func result(_ code: CURLcode) -> Result<OutboundResponse, TransferError> {
        if isTooLarge { return .failure(.tooLarge) }
        guard code == CURLE_OK else { return .failure(handle.error(code)) }
        var status = 0
        ccurl_get_long(handle.easy, CURLINFO_RESPONSE_CODE, &status)
        return .success(OutboundResponse(status: status, head: head, body: received))
    }

    private static func headerLines(_ request: OutboundRequest) throws(TransferError) -> [String] {
        var lines = ["Expect:"]
        for (name, value) in request.headers {
            guard HeaderSyntax.isName(name), HeaderSyntax.isValue(value) else {
                throw .invalidRequest("header \(name)")
            }
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        return lines
    }

    /// A body goes through the read function, and cannot be rewound: so libcurl never sends a
    /// request twice of which a node may have seen the whole (it would, when a kept connection
    /// breaks).
    private func setMethod(_ request: OutboundRequest) {
        if request.method == .head {
            handle.set(CURLOPT_NOBODY, 1)
        } else if request.body != nil || [.post, .put, .patch].contains(request.method) {
            handle.set(CURLOPT_UPLOAD, 1)
            ccurl_set_off(handle.easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(body.count))
        }
        ccurl_set_str(handle.easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    private func setCallbacks() {
        let (easy, reference) = (handle.easy, Unmanaged.passUnretained(self).toOpaque())
        ccurl_set_ptr(easy, CURLOPT_READDATA, reference)
        ccurl_set_data_cb(easy, CURLOPT_READFUNCTION) { buffer, size, count, reference in
            CurlTransfer.of(reference)?.read(into: buffer, size * count) ?? 0
        }
        ccurl_set_ptr(easy, CURLOPT_WRITEDATA, reference)
        ccurl_set_data_cb(easy, CURLOPT_WRITEFUNCTION) { buffer, size, count, reference in
            CurlTransfer.of(reference)?.append(buffer, size * count) ?? 0
        }
        ccurl_set_ptr(easy, CURLOPT_HEADERDATA, reference)
        ccurl_set_data_cb(easy, CURLOPT_HEADERFUNCTION) { buffer, size, count, reference in
            CurlTransfer.of(reference)?.appendHeader(buffer, size * count) ?? 0
        }
    }

    private static func of(_ reference: UnsafeMutableRawPointer?) -> CurlTransfer? {
        reference.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func read(into buffer: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        let count = min(room, body.count - sent)
        body.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: buffer, count: count)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[sent..<(sent + count)]))
        }
        sent += count
        return count
    }

    /// Takes all of it; a smaller number makes libcurl give up.
    private func append(_ buffer: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard received.count + count <= maximumResponseBytes else {
            isTooLarge = true
            return 0
        }
        received.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: count))
        return count
    }

    private func appendHeader(_ buffer: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        headLength += count
        guard headLength <= Self.headBytes else {
            isTooLarge = true
            return 0
        }
        let line = UnsafeRawBufferPointer(start: buffer, count: count)
        if line.starts(with: "HTTP/".utf8) {
            head.removeAll(keepingCapacity: true)  // an interim answer came before
        } else {
            head.append(contentsOf: line)
        }
        return count
    }
}
