import Testing

/// A script that cannot be run as it is: it begins with `#!` and is not executable.
func deadScripts(_ path: String, text: String, isExecutable: Bool) -> [Finding] {
    guard text.hasPrefix("#!"), !isExecutable else { return [] }
    return [Finding(path: path, line: 0, message: "is a script and not executable: chmod +x")]
}

/// A file that does not belong into a repository of sources.
func tooLarge(_ path: String, bytes: Int, limit: Int = 256 * 1024) -> [Finding] {
    guard bytes > limit else { return [] }
    return [Finding(path: path, line: 0, message: "\(bytes) bytes, \(limit) are allowed")]
}

@Suite("The files of the repository")
struct FilesTests {
    @Test("that are scripts can be run")
    func scripts() {
        #expect(deadScripts("a", text: "#!/bin/sh", isExecutable: false).count == 1)
        #expect(deadScripts("a", text: "#!/bin/sh", isExecutable: true).isEmpty)
        #expect(deadScripts("a", text: "text", isExecutable: false).isEmpty)
        let found = Repository.files.filter { !$0.hasSuffix(".swift") }.flatMap { path in
            deadScripts(
                path,
                text: Repository.text(of: path),
                isExecutable: Repository.isExecutable(path)
            )
        }
        expectNone(found)
    }

    @Test("are at most 256 KiB")
    func sizes() {
        #expect(tooLarge("a", bytes: 256 * 1024).isEmpty)
        #expect(tooLarge("a", bytes: 256 * 1024 + 1).count == 1)
        let found = Repository.files.flatMap { tooLarge($0, bytes: Repository.size(of: $0)) }
        expectNone(found)
    }

    @Test("are found, so that no rule looks at nothing")
    func found() {
        #expect(Repository.swiftFiles.count > 100)
        #expect(Repository.files.contains("Package.swift"))
    }
}
