import Dispatch
import Glibc
import Synchronization
import Wire

/// A process that the benchmark started, and ends.
///
/// What it writes goes to a file; what it is told goes through a pipe to its standard input.
final class Child {
    struct Failed: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// All that run now, so that nothing is left when the benchmark is ended.
    private static let running = Mutex<Set<pid_t>>([])
    private static let signals = DispatchQueue(label: "signals")

    /// Ends everything that was started when this process is to end; call it once.
    static func endAllOnSignal() -> [any DispatchSourceSignal] {
        [SIGTERM, SIGINT].map { number in
            Glibc.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: signals)
            source.setEventHandler {
                for pid in running.withLock({ $0 }) { kill(pid, SIGKILL) }
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    let pid: pid_t
    private let output: String
    private let input: Int32
    private let clock: clockid_t
    private var hasEnded = false
    /// The port of the line "listening on 127.0.0.1:PORT", or of the log's field "address".
    private(set) var port: UInt16 = 0

    /// Time that a process has to say that it listens.
    private static let startLimit = 60.0
    /// Time that a process has to end after SIGTERM, before SIGKILL.
    private static let endLimit = 20.0

    init(_ program: String, _ words: [String], output: String, waits: Bool = true) throws(Failed) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failed("pipe: errno \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // What is ignored here, to be heard by Dispatch, is not ignored there.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGTERM, SIGINT, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = ([program] + words).map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, arguments, environ)
        close(ends[0])
        guard code == 0 else {
            close(ends[1])
            throw Failed("\(program) did not start: errno \(code)")
        }
        let started = pid
        Self.running.withLock { _ = $0.insert(started) }
        var clock: clockid_t = 0
        clock_getcpuclockid(pid, &clock)
        self.pid = pid
        self.output = output
        self.clock = clock
        input = ends[1]
        if waits { port = try listening() }
    }

    deinit { end() }

    /// Seconds of CPU that all of its threads have used since its start.
    var cpu: Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Bytes that are resident.
    var residentBytes: Int {
        let text = File.text("/proc/\(pid)/status")
        for line in text.split(separator: "\n") where line.hasPrefix("VmRSS:") {
            return (Int(line.filter(\.isNumber)) ?? 0) * 1_024
        }
        return 0
    }

    /// Everything that it has written.
    var written: String { File.text(output) }

    func tell(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(input, bytes, bytes.count)
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Ends it at once, without a chance to say anything.
    func killed() {
        signal(SIGKILL)
        reap(waiting: true)
    }

    /// Ends it orderly, and by force when that takes too long.
    func end() {
        guard !hasEnded else { return }
        signal(SIGTERM)
        let limit = Clock.seconds + Self.endLimit
        while !reap(waiting: false) {
            guard Clock.seconds < limit else { return killed() }
            Clock.rest(0.01)
        }
    }

    @discardableResult
    private func reap(waiting: Bool) -> Bool {
        guard !hasEnded else { return true }
        var status: Int32 = 0
        guard waitpid(pid, &status, waiting ? 0 : WNOHANG) == pid else { return false }
        hasEnded = true
        Self.running.withLock { _ = $0.remove(pid) }
        close(input)
        return true
    }

    private func listening() throws(Failed) -> UInt16 {
        let limit = Clock.seconds + Self.startLimit
        while Clock.seconds < limit {
            for line in written.split(separator: "\n") {
                if let port = Self.port(in: line) { return port }
            }
            guard !reap(waiting: false) else { break }
            Clock.rest(0.001)
        }
        throw Failed("\(pid) does not listen; it wrote:\n\(written)")
    }

    /// Waits for one that does not say by itself where it listens.
    func waitUntilListening(on port: UInt16) throws {
        let isUp = Clock.wait(upTo: Self.startLimit, every: 0.005) {
            // Refused until it listens.
            guard let descriptor = try? Socket.connected(to: port) else { return false }
            close(descriptor)
            return true
        }
        guard isUp else { throw Failed("\(pid) does not listen; it wrote:\n\(written)") }
        self.port = port
    }

    private static func port(in line: Substring) -> UInt16? {
        if line.hasPrefix("listening on 127.0.0.1:") {
            return line.split(separator: ":").last.flatMap { UInt16($0) }
        }
        // A line that is not JSON is not the one that is looked for.
        guard line.contains("\"listening\""), let log = try? JSONDocument(parsing: String(line))
        else { return nil }
        let address = log.root["address"]?.string
        return address?.split(separator: ":").last.flatMap { UInt16($0) }
    }
}

/// Time as the benchmark measures it.
enum Clock {
    /// Seconds since some start.
    static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Lets time pass.
    static func rest(_ seconds: Double) { poll(nil, 0, Int32(seconds * 1e3)) }

    /// Waits until `condition` holds, looking again every so many `seconds`; false: it never did.
    static func wait(
        upTo limit: Double,
        every seconds: Double = 0.002,
        _ condition: () throws -> Bool
    ) rethrows -> Bool {
        let end = Self.seconds + limit
        while Self.seconds < end {
            if try condition() { return true }
            rest(seconds)
        }
        return false
    }
}

/// Whole files, which are small here.
enum File {
    static func text(_ path: String) -> String {
        guard let file = fopen(path, "rb") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "wb") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    /// Removes a folder with the files in it.
    static func removeFolder(_ path: String) {
        guard let folder = opendir(path) else { return }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if unlink("\(path)/\(name)") != 0 { rmdir("\(path)/\(name)") }
        }
        closedir(folder)
        rmdir(path)
    }

    static func write(_ text: String, to path: String) { write(Array(text.utf8), to: path) }
}
