import Crypto
import Facts
import Foundation
import Storage

/// A private part as it is kept: its salt and its bytes, encrypted with the key of the person whom it concerns
/// (AES-256-GCM, the fact's index authenticated with them).
///
/// The salt is inside, so that a lost key also takes the means to test a guess against the log.
enum PrivateSeal {
    /// The person of a private part: its member `person`, a pseudonym. Parts that name nobody share one key.
    static func person(of privatePart: [UInt8]) -> String {
        (try? JSONValue(parsing: privatePart))?["person"]?.string ?? ""
    }

    static func seal(_ bytes: [UInt8], salt: [UInt8], index: UInt64, key: [UInt8]) throws(StoreError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(
                Data(salt + bytes), using: SymmetricKey(data: key), authenticating: place(index))
            guard let combined = box.combined else { throw StoreError.io("encryption failed") }
            return [UInt8](combined)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .io("encryption failed: \(error)")
        }
    }

    /// Salt and bytes; nil if the key is not the one, or anything was changed.
    static func open(_ part: StoredPrivatePart, key: [UInt8]) -> (salt: [UInt8], bytes: [UInt8])? {
        guard let box = try? AES.GCM.SealedBox(combined: part.sealed),
            let plain = try? AES.GCM.open(box, using: SymmetricKey(data: key), authenticating: place(part.index)),
            plain.count >= Commitment.saltCount
        else { return nil }
        return (Array(plain.prefix(Commitment.saltCount)), Array(plain.dropFirst(Commitment.saltCount)))
    }

    private static func place(_ index: UInt64) -> [UInt8] { withUnsafeBytes(of: index.bigEndian) { Array($0) } }
}
