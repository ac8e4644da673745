import Glibc

/// Small files that are read whole, at the start or on the operator's word; never on the loop's
/// way.
package enum SystemFile {
    /// Bytes of a configuration or of a secret.
    static let longest = 1_024 * 1_024

    package static func read(_ path: String) throws(FileFault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFault(reason: reason()) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1_024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileFault(reason: reason())
            }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= longest else {
                throw FileFault(reason: "the file is longer than \(longest) bytes")
            }
        }
    }

    private static func reason() -> String {
        guard let text = strerror(errno) else { return "error \(errno)" }
        return String(cString: text)
    }
}
