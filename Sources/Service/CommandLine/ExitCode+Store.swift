package import Storage

extension ExitCode {
    /// What kind of failure of the database ended the program.
    package init(_ error: StorageError) {
        self =
            switch error.kind {
            case .cannotOpen, .readOnly: .cannotCreate
            case .notADatabase, .foreign, .newerSchema, .damaged: .dataError
            case .diskFull, .inputOutput: .inputOutput
            case .busy, .locked, .closed, .other: .unavailable
            }
    }
}
