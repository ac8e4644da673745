import Glibc

/// The page of results.
enum Table {
    static func line(_ figure: Figure) -> String {
        let isMet = figure.isMet.map { $0 ? "yes" : "no" } ?? ""
        return "| \(figure.what) | \(figure.value) | \(figure.goal) | \(isMet) |"
    }

    static func text(_ figures: [Figure]) -> String {
        let nginx =
            Programs.nginx == nil ? "\n\nnginx is not installed here, and was left out." : ""
        return """
            # What Lavadeck costs

            Written by `make bench`; `Benchmarks/run NAME` measures one row alone. CPU is the time
            of all threads of the server's process. The C floor is `Benchmarks/Floor/floor.c`: one
            epoll loop that answers fixed bytes, or pushes them; rounds of it and of Lavadeck
            alternate, and a figure is the median of all rounds. Every process runs on this
            machine, nodes are simulated ones, and every setting has its default but the limits of
            connections and event streams.

            \(machine)\(nginx)

            | What | Measured | Goal | Met |
            |---|---|---|---|
            \(figures.map(line).joined(separator: "\n"))

            """
    }

    private static var machine: String {
        let model =
            File.text("/proc/cpuinfo").split(separator: "\n")
            .first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "unknown CPU"
        let kernel = File.text("/proc/sys/kernel/osrelease").filter { $0 != "\n" }
        return "\(date), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores, \(model), Linux \(kernel),"
            + " \(swiftVersion), release build."
    }

    private static var swiftVersion: String {
        #if compiler(>=6.4)
        "Swift 6.4 or later"
        #elseif compiler(>=6.3)
        "Swift 6.3"
        #else
        "Swift 6.2"
        #endif
    }

    private static var date: String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        let (month, day) = (parts.tm_mon + 1, parts.tm_mday)
        return "\(parts.tm_year + 1_900)-\(month < 10 ? "0" : "")\(month)"
            + "-\(day < 10 ? "0" : "")\(day)"
    }
}
