import Glibc

/// What this process uses, as the kernel tells it (proc(5)).
package struct ProcessUsage: Sendable, Equatable {
    package var cpuSeconds: Double
    package var residentBytes: Double
    package var virtualBytes: Double
    /// Seconds since 1970.
    package var startTime: Double
    package var openDescriptors: Int
    package var mostDescriptors: Double
    package var threads: Int

    /// Nil where there is no `/proc`.
    package static var current: ProcessUsage? {
        // Without /proc there are no process metrics, and nothing else is wrong.
        guard let stat = try? SystemFile.read("/proc/self/stat"),
            let boot = bootTime, let descriptors = openDescriptors
        else { return nil }
        return ProcessUsage(
            stat: String(decoding: stat, as: UTF8.self),
            bootTime: boot,
            openDescriptors: descriptors
        )
    }

    /// Reads `/proc/self/stat`; the program's name in it is in brackets and may hold anything.
    init?(
        stat: String,
        bootTime: Double,
        openDescriptors: Int,
        ticksPerSecond: Double = Double(sysconf(Int32(_SC_CLK_TCK))),
        pageSize: Double = Double(sysconf(Int32(_SC_PAGESIZE)))
    ) {
        guard let bracket = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[bracket...].split(separator: " ").dropFirst().map { Double($0) ?? 0 }
        guard fields.count >= 22 else { return nil }
        // The first of these is the third field of proc(5): its number n is here at n - 3.
        cpuSeconds = (fields[11] + fields[12]) / ticksPerSecond
        threads = Int(fields[17])
        startTime = bootTime + fields[19] / ticksPerSecond
        virtualBytes = fields[20]
        residentBytes = fields[21] * pageSize
        self.openDescriptors = openDescriptors
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        mostDescriptors = Double(limit.rlim_cur)
    }

    /// When the machine began, in seconds since 1970.
    private static let bootTime: Double? = {
        // As above.
        guard let stat = try? SystemFile.read("/proc/stat") else { return nil }
        let line = String(decoding: stat, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("btime ")
        }
        return line.flatMap { Double($0.dropFirst(6)) }
    }()

    private static var openDescriptors: Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count - 3  // itself, and the entries . and ..
    }
}
