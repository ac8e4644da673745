import Service

/// `lavadeck serve`: the service, until SIGTERM or SIGINT.
enum Serve {
    static func run(_ flags: [String: String], _ environment: [String: String]) {
        let configuration = Program.configuration(flags, environment)
        Program.fail("\(configuration.listen): serve is not built yet", .software)
    }
}
