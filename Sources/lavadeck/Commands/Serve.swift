import Control
import Runtime
import Service
import Storage
import Synchronization

/// `lavadeck serve`: the service, until SIGTERM or SIGINT.
enum Serve {
    static func run(_ flags: [String: String], _ environment: [String: String]) {
        let configuration = Program.configuration(flags, environment)
        let log = Log.toStandardOutput(
            format: configuration.logFormat,
            level: configuration.logLevel,
            environment: environment
        )
        // The database blocks, so it is opened and read before the loop has anything to do.
        let (store, loaded) = open(configuration.database)
        // What is captured below lives as long as the program: the state is taken out of it.
        let saved = Mutex(loaded)
        Lifetime.run {
            let application = Application(
                configuration: configuration,
                store: store,
                saved: saved.withLock { take(&$0) },
                log: log
            )
            start(application)
            return (application, {})
        }
    }

    private static func take(_ saved: inout [BotName: SavedBot]) -> [BotName: SavedBot] {
        defer { saved = [:] }
        return saved
    }

    private static func open(_ path: String) -> (any Store, [BotName: SavedBot]) {
        do throws(StorageError) {
            let store = try SQLiteStore(opening: path)
            return (store, try store.load())
        } catch {
            Program.fail(error.description, ExitCode(error))
        }
    }

    @Loop static func start(_ application: Application) {
        do throws(ListenerError) {
            try application.start()
        } catch {
            Program.fail(error.description, .unavailable)
        }
    }
}
