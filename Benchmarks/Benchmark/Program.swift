import Dispatch
import Glibc

/// The command line: which rows, and where the table goes.
enum Program {
    private static var rows: [Row] {
        HTTPRows.all + EventRows.all + PlayerRows.all + RecoveryRows.all
    }

    /// The exit status: 0 when everything was measured, whatever came of it.
    static func run(_ arguments: [String]) -> Int32 {
        var names = arguments
        var results: String?
        if names.first == "--results", names.count >= 2 {
            results = names[1]
            names.removeFirst(2)
        }
        if names == ["--list"] {
            say(rows.map(\.name).joined(separator: "\n"))
            return 0
        }
        let unknown = names.filter { name in !rows.contains { $0.name == name } }
        guard unknown.isEmpty else {
            say("not known: \(unknown.joined(separator: " ")); --list tells the names")
            return 2
        }
        raiseDescriptorLimit()
        signal(SIGPIPE, SIG_IGN)
        let sources = Child.endAllOnSignal()
        defer { for source in sources { source.cancel() } }
        var figures: [Figure] = []
        var hasFailed = false
        let stage = Stage()
        for row in rows where names.isEmpty || names.contains(row.name) {
            let start = Clock.seconds
            do {
                let found = try row.measure(stage)
                figures += found
                for figure in found { say(Table.line(figure)) }
            } catch {
                hasFailed = true
                say("\(row.name): \(error)")
            }
            if row.name == "restart" { stage.clear() }
            say("(\(row.name) took \(Form.fixed(Clock.seconds - start, 0)) s)")
        }
        stage.clear()
        if names.isEmpty, let results { File.write(Table.text(figures), to: results) }
        return hasFailed ? 1 : 0
    }

    static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(1, bytes, bytes.count)
    }

    /// A thousand subscribers of two servers need more than the usual 1,024.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(resource, &limit)
    }
}
