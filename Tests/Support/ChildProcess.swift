import Dispatch
import Glibc
import Synchronization

/// A process that a test started, and what it said; it does not outlive its owner.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum End: Sendable, Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    private struct State {
        var output: [UInt8] = []
        var end: End?
    }

    package let pid: Int32
    private let state = Mutex(State())
    /// Signalled whenever `state` changed.
    private let changed = DispatchSemaphore(value: 0)

    /// Starts a program with exactly this environment; both its outputs are kept in `output`.
    package init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws {
        guard let ends = channel() else { throw Missed("a channel: errno \(errno)") }
        defer { close(ends.theirs) }
        do {
            pid = try Self.spawn(program, arguments, environment, output: ends.theirs)
        } catch {
            close(ends.ours)
            throw error
        }
        Janitor.shared.watch(pid)
        read(from: ends.ours)
    }

    deinit { signal(SIGKILL) }

    package var output: String {
        state.withLock { String(decoding: $0.output, as: UTF8.self) }
    }

    /// Sends a signal, unless the process has ended: its number could be somebody else's by then.
    package func signal(_ number: Int32) {
        state.withLock { if $0.end == nil { kill(pid, number) } }
    }

    /// The first whole line that `matches`, once it is there.
    package func line(
        within patience: Duration = .seconds(20),
        where matches: @escaping @Sendable (Substring) -> Bool
    ) async throws -> String {
        try await wait("a line that was waited for", patience) { state in
            let text = String(decoding: state.output, as: UTF8.self)
            let whole = text.lastIndex(of: "\n").map { text[..<$0] } ?? ""
            return whole.split(separator: "\n").first(where: matches).map(String.init)
        }
    }

    /// How the process ended, once it has.
    package func end(within patience: Duration = .seconds(20)) async throws -> End {
        try await wait("the end of the process", patience) { $0.end }
    }

    /// Ends the process at once, and waits until it is gone.
    package func killed() async throws {
        signal(SIGKILL)
        _ = try await end()
    }

    private func wait<Value: Sendable>(
        _ what: String,
        _ patience: Duration,
        _ look: @escaping @Sendable (State) -> Value?
    ) async throws -> Value {
        let deadline = DispatchTime.now() + .milliseconds(Int(patience.inPollMilliseconds))
        let found = await blocking { [self] () -> Value? in
            while true {
                let (value, ended) = state.withLock { (look($0), $0.end != nil) }
                if value != nil || ended { return value }
                guard changed.wait(timeout: deadline) == .success else { return nil }
            }
        }
        guard let found else { throw Missed("\(what) did not come; it said:\n\(output)") }
        return found
    }
}

// MARK: Starting, reading, reaping

extension ChildProcess {
    /// Every signal as a program expects it at its start: threads of Dispatch block most of them.
    private static func spawn(
        _ program: String,
        _ arguments: [String],
        _ environment: [String: String],
        output: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        )
        let words = strings([program] + arguments)
        let variables = strings(environment.map { "\($0.key)=\($0.value)" })
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, program, &actions, &attributes, words, variables)
        guard failure == 0 else {
            throw Missed("\(program) does not start: \(String(cString: strerror(failure)))")
        }
        return pid
    }

    /// Reads until the process has closed its outputs, which it does by ending.
    private func read(from descriptor: Int32) {
        let thread = DispatchQueue(label: "child \(pid)")
        let pid = pid
        thread.async { [weak self] in
            var bytes = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Glibc.read(descriptor, &bytes, bytes.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                self?.heard(bytes[..<count])
            }
            close(descriptor)
            guard let self else { return Self.reap(pid, into: nil) }
            state.withLock { Self.reap(pid, into: &$0) }
            changed.signal()
        }
    }

    private func heard(_ bytes: ArraySlice<UInt8>) {
        state.withLock { $0.output += bytes }
        changed.signal()
    }

    /// With the lock held, so that nobody signals a number that is free again.
    private static func reap(_ pid: pid_t, into state: UnsafeMutablePointer<State>?) {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        Janitor.shared.forget(pid)
        let signal = status & 0x7f
        state?.pointee.end = signal == 0 ? .exit((status >> 8) & 0xff) : .signal(signal)
    }
}

/// Kills what was started and is not over when this process ends, however it ends.
private final class Janitor: Sendable {
    static let shared = Janitor()

    private static let script = """
        alive=""
        while read -r what pid; do
            case $what in
            watch) alive="$alive $pid " ;;
            forget) alive=$(echo "$alive" | sed "s/ $pid / /") ;;
            esac
        done
        for pid in $alive; do kill -9 "$pid"; done
        """

    private let input: Int32

    private init() {
        guard let ends = channel() else {
            input = -1
            return
        }
        input = ends.ours
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends.theirs, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let words = strings(["/bin/sh", "-c", Self.script])
        let variables = strings(["PATH=/usr/bin:/bin"])
        var pid: pid_t = 0
        _ = posix_spawn(&pid, "/bin/sh", &actions, nil, words, variables)
        for text in words + variables { free(text) }
        posix_spawn_file_actions_destroy(&actions)
        close(ends.theirs)
    }

    func watch(_ pid: pid_t) { say("watch \(pid)\n") }
    func forget(_ pid: pid_t) { say("forget \(pid)\n") }

    private func say(_ line: String) {
        let bytes = Array(line.utf8)
        _ = send(input, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

/// Two ends of a stream that no child gets by accident, which those of `pipe` could.
private func channel() -> (ours: Int32, theirs: Int32)? {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
    return (ends[0], ends[1])
}

/// As C wants a list of texts; each must be freed.
private func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
}
