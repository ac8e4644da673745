/// The exit status of the program (sysexits.h).
package enum ExitCode: Int32, Sendable {
    case success = 0
    /// `healthcheck`: the service is not well.
    case failure = 1
    /// The command line is not understood.
    case usage = 64
    /// The database is damaged or newer than this program.
    case dataError = 65
    /// A port or something else that it needs is taken.
    case unavailable = 69
    case software = 70
    /// A file cannot be made or opened.
    case cannotCreate = 73
    case inputOutput = 74
    case noPermission = 77
    /// The configuration is wrong.
    case configuration = 78
}
