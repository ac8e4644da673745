import Foundation
import Testing

@testable import Service

@Suite("A small file of the system")
struct SystemFileTests {
    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }  // what is left over harms nobody
        try body(file.path)
    }

    @Test("is read whole", arguments: [0, 1, 16_384, 40_000, SystemFile.longest])
    func whole(length: Int) throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        try withFile(bytes) { path in
            let read = try SystemFile.read(path)
            #expect(read == bytes)
        }
    }

    @Test("is refused when it is too long, missing, or no file, saying why")
    func refused() throws {
        try withFile([UInt8](repeating: 0, count: SystemFile.longest + 1)) { path in
            #expect(throws: FileFault(reason: "the file is longer than 1048576 bytes")) {
                try SystemFile.read(path)
            }
        }
        #expect(throws: FileFault(reason: "No such file or directory")) {
            try SystemFile.read("/nonexistent/file")
        }
        #expect(throws: FileFault(reason: "Is a directory")) { try SystemFile.read("/tmp") }
    }
}
