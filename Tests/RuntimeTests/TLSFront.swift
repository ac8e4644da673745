import Foundation

/// A TLS server in front of a plain one, with a certificate of its own that nobody else trusts.
///
/// OpenSSL makes the certificate and Python the TLS, so nothing of it is ours.
final class TLSFront: Sendable {
    let port: Int
    /// The certificate, for whoever is to trust it.
    let caFile: String
    private let folder: URL
    private let process: Process
    private let input: Pipe

    /// What the machine lacks for it, if anything.
    static let isAvailable =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")
        && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    /// Forwards to `target` on loopback; `name` is whom the certificate is for.
    @concurrent static func start(
        target: Int,
        name: String = "IP:127.0.0.1"
    ) async throws -> TLSFront { try TLSFront(target: target, name: name) }

    private init(target: Int, name: String) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("lavadeck-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        caFile = folder.appendingPathComponent("cert.pem").path
        let keyFile = folder.appendingPathComponent("key.pem").path
        try Self.makeCertificate(caFile, keyFile, name)
        process = Process()
        input = Pipe()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", Self.script, caFile, keyFile, String(target)]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = output.fileHandleForReading.availableData
        let text = String(decoding: line, as: UTF8.self)
        port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    /// The script ends with its input.
    deinit {
        input.fileHandleForWriting.closeFile()
        try? FileManager.default.removeItem(at: folder)  // it is in the temporary folder anyway
    }

    private static func makeCertificate(_ cert: String, _ key: String, _ name: String) throws {
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=lavadeck test", "-addext", "subjectAltName=\(name)",
            "-keyout", key, "-out", cert,
        ]
        openssl.standardOutput = FileHandle.nullDevice
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
    }

    private static let script = """
        import os, select, socket, ssl, sys, threading

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        server = socket.create_server(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)

        def serve(plain):
            try:
                outer = context.wrap_socket(plain, server_side=True)
                inner = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
                while True:
                    ready = [outer] if outer.pending() else select.select([outer, inner], [], [])[0]
                    for source in ready:
                        data = source.recv(65536)
                        if not data:
                            return
                        (inner if source is outer else outer).sendall(data)
            except OSError:
                pass
            finally:
                try:
                    outer.unwrap()
                except Exception:
                    pass
                try:
                    plain.close(); outer.close(); inner.close()
                except Exception:
                    pass

        def accept():
            while True:
                threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        sys.stdin.read()
        os._exit(0)
        """
}
