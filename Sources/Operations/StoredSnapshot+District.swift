import Crypto
import District
import Storage

extension StoredSnapshot {
    /// The state behind its SHA-256: a bit that turned in a cache must cost time, never change the state.
    init(of district: District) {
        let encoded = district.encoded
        self.init(size: district.size, state: Array(SHA256.hash(data: encoded)) + encoded)
    }

    /// The state; nil if the snapshot is damaged or of another version.
    var district: District? {
        guard state.count > SHA256.byteCount else { return nil }
        let encoded = Array(state[SHA256.byteCount...])
        guard SHA256.hash(data: encoded).elementsEqual(state[..<SHA256.byteCount]) else { return nil }
        return try? District(encoded: encoded)
    }
}
