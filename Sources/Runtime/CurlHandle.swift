import CCurl

/// One easy handle with the options that hold for everything we send.
///
/// The owner frees it with `free`, after it was taken out of its multi handle.
final class CurlHandle {
    /// For the name, the connection and TLS.
    static let connectTimeout = Duration.seconds(3)
    /// The least that libcurl takes; what is sent here is small.
    private static let uploadBuffer = 16 * 1_024

    let easy: OpaquePointer
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorBuffer = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(url: String, caFile: String?) throws(TransferError) {
        guard let easy = curl_easy_init() else {
            throw .other(code: Int(CURLE_OUT_OF_MEMORY.rawValue), "curl_easy_init failed")
        }
        self.easy = easy
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        do throws(TransferError) {
            try prepare(url: url, caFile: caFile)
        } catch {
            free()
            throw error
        }
    }

    /// Makes it as good as new, with the memory that it has; it must be in no multi handle.
    func prepareAgain(url: String, caFile: String?) throws(TransferError) {
        curl_easy_reset(easy)
        freeHeaderList()
        errorBuffer[0] = 0
        try prepare(url: url, caFile: caFile)
    }

    private func prepare(url: String, caFile: String?) throws(TransferError) {
        ccurl_set_ptr(easy, CURLOPT_ERRORBUFFER, errorBuffer)
        setConnectionOptions()
        if let caFile { try set(CURLOPT_CAINFO, caFile) }
        try setURL(url)
    }

    func free() {
        curl_easy_cleanup(easy)
        freeHeaderList()
        errorBuffer.deallocate()
    }

    private func freeHeaderList() {
        curl_slist_free_all(headerList)
        headerList = nil
    }

    func set(_ option: CURLoption, _ value: Int) {
        ccurl_set_long(easy, option, value)
    }

    func set(_ option: CURLoption, _ value: String) throws(TransferError) {
        guard !value.utf8.contains(0) else { throw .invalidRequest("a string with a NUL") }
        let code = ccurl_set_str(easy, option, value)
        guard code == CURLE_OK else { throw error(code) }
    }

    func setTimeout(_ timeout: Duration) {
        set(CURLOPT_TIMEOUT_MS, max(1, Self.milliseconds(timeout)))
    }

    /// Lines as libcurl takes them: `Name: value`, `Name;` for an empty value, `Name:` to leave it
    /// out.
    func setHeaderLines(_ lines: [String]) {
        for line in lines { headerList = curl_slist_append(headerList, line) }
        ccurl_set_list(easy, CURLOPT_HTTPHEADER, headerList)
    }

    func error(_ code: CURLcode) -> TransferError {
        TransferError(code, easy, detail: String(cString: errorBuffer))
    }

    private func setURL(_ url: String) throws(TransferError) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw .invalidRequest("URL with a space or a control character")
        }
        try set(CURLOPT_URL, url)
    }

    private func setConnectionOptions() {
        set(CURLOPT_NOSIGNAL, 1)
        ccurl_set_str(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_str(easy, CURLOPT_PROXY, "")  // otherwise libcurl obeys the environment
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(Self.connectTimeout))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_UPLOAD_BUFFERSIZE, Self.uploadBuffer)
        // Without this, giving up during a name's resolution waits for the resolver's thread.
        set(CURLOPT_QUICK_EXIT, 1)
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
