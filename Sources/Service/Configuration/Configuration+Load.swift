extension Configuration {
    /// Reads a configuration from flags (by name with dashes) over environment over file over
    /// defaults, and reports all mistakes at once.
    package static func load(
        flags: [String: String],
        environment: [String: String],
        readFile: (String) throws(FileFault) -> [UInt8]
    ) throws(ConfigurationError) -> Configuration {
        var reader = ConfigurationReader()
        let variable = ConfigurationReader.fileVariable
        if let path = flags["--config"] {
            reader.read(path, namedBy: "--config", readFile)
        } else if let path = environment[variable], !path.isEmpty {
            reader.read(path, namedBy: variable, readFile)
        }
        reader.read(environment: environment)
        for setting in Settings.root {
            guard let flag = setting.flag, let text = flags[flag] else { continue }
            reader.store(setting, text, from: .flag(flag))
        }
        let configuration = reader.finish(readFile: readFile)
        guard reader.mistakes.isEmpty else { throw ConfigurationError(reader.mistakes) }
        return configuration
    }
}

extension ConfigurationReader {
    fileprivate mutating func read(
        _ path: String,
        namedBy source: String,
        _ readFile: FileReader
    ) {
        do throws(FileFault) {
            read(file: path, bytes: try readFile(path))
        } catch {
            note("cannot read \(path): \(error.reason)", at: .flag(source), path: "")
        }
    }
}
