// Compiled together with Sources/Wire and Sources/Lavalink, as one module named Wire.

/// Reads any bytes as an encoded track, and checks that what was accepted survives being written.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzEncodedTrack(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // Text of any kind is base64 or an error.
    _ = try? EncodedTrack(decoding: String(decoding: bytes, as: UTF8.self))
    // No track: nothing to check.
    guard let track = try? EncodedTrack(bytes: bytes) else { return 0 }
    _ = (track.probeInfo, track.lavaSrc)
    check(track)
    let moved = track.with(position: 61_500)
    precondition(moved.position == 61_500 && moved.details == track.details)
    return 0
}

/// Overlong spellings and lone surrogates are mended by the first writing; after it nothing changes.
private func check(_ track: EncodedTrack) {
    // A surrogate of its own grows when it is mended, and may then be too long to be written whole.
    let texts = [track.title, track.author, track.identifier, track.sourceName]
    guard texts.allSatisfy({ ModifiedUTF8.fitting($0) == $0 }) else { return }
    guard let again = try? EncodedTrack(decoding: track.encoded()) else {
        preconditionFailure("a track was written that cannot be read")
    }
    precondition(again.info == track.info)
    precondition(again.details == track.details)
    precondition(again.bytes == track.bytes)
}
