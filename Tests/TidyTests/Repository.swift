import Foundation

/// The files of this package, as they are on disk.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Every Swift file below `Sources` and `Tests`.
    static let swiftFiles: [SourceFile] =
        files
        .filter { $0.hasSuffix(".swift") }
        .filter { $0.hasPrefix("Sources/") || $0.hasPrefix("Tests/") }
        .map { SourceFile(path: $0, text: text(of: $0)) }

    /// Every file that is ours, from the root; what builds and tools leave behind is not.
    static let files: [String] = {
        var found: [String] = []
        let keys: [URLResourceKey] = [.isRegularFileKey]
        let start = URL(fileURLWithPath: root)
        guard let walk = FileManager.default.enumerator(at: start, includingPropertiesForKeys: keys)
        else { return [] }
        for case let url as URL in walk {
            let path = String(url.path.dropFirst(root.count + 1))
            if isForeign(path) {
                walk.skipDescendants()
            } else if !isFolder(path) {
                found.append(path)
            }
        }
        return found.sorted()
    }()

    static func text(of path: String) -> String {
        guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(root)/\(path)")
    }

    static func size(of path: String) -> Int {
        FileManager.default.contents(atPath: "\(root)/\(path)")?.count ?? 0
    }

    static func isExecutable(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "\(root)/\(path)")
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(
            atPath: "\(root)/\(path)",
            isDirectory: &isFolder
        )
        return exists && isFolder.boolValue
    }

    private static func isForeign(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        let isBuilt = name.hasPrefix(".build") || name.hasSuffix(".profraw")
        let isDatabase = name.contains(".db")
        return isBuilt || isDatabase
            || [".git", ".swiftpm", ".fuzz", ".venv", "__pycache__"].contains(name)
    }
}
