extension Configuration {
    /// Reads a configuration from flags (by name with dashes) over environment over file over
    /// defaults, and reports all mistakes at once.
    package static func load(
        flags: [String: String],
        environment: [String: String],
        readFile: (String) throws(FileFault) -> [UInt8]
    ) throws(ConfigurationError) -> Configuration {
        var reader = gather(flags, environment, readFile)
        let configuration = reader.finish(readFile: readFile)
        guard reader.mistakes.isEmpty else { throw ConfigurationError(reader.mistakes) }
        return configuration
    }

    /// Where the service listens, whatever else is wrong; for who only wants to ask it something.
    package static func listenAddress(
        flags: [String: String],
        environment: [String: String],
        readFile: (String) throws(FileFault) -> [UInt8]
    ) -> ListenAddress {
        gather(flags, environment, readFile).draft.configuration.listen
    }

    private static func gather(
        _ flags: [String: String],
        _ environment: [String: String],
        _ readFile: (String) throws(FileFault) -> [UInt8]
    ) -> ConfigurationReader {
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
        return reader
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
