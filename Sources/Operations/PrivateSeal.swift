import Crypto
import Facts
import Foundation
import Storage

/// A private part as it is kept: its salt and its bytes, encrypted with the key of the person whom it concerns
/// (AES-256-GCM, the fact's index authenticated with them).
///
/// The salt is inside, so that a lost key also takes the means to test a guess against the log.
enum PrivateSeal {
    /// What is sealed.
    struct Content: Equatable {
        /// The salt of the log's commitment.
        let salt: [UInt8]
        /// The salt of the signer's own commitment, if the fact is signed.
        let signerSalt: [UInt8]?
        /// The exact bytes of the value of `private`.
        let bytes: [UInt8]
    }

    /// Seals salt ‖ 0 or 1 ‖ the signer's salt, if any ‖ bytes.
    static func seal(_ content: Content, index: UInt64, key: [UInt8]) throws(StoreError) -> [UInt8] {
        let plain = content.salt + [content.signerSalt == nil ? 0 : 1] + (content.signerSalt ?? []) + content.bytes
        do {
            let box = try AES.GCM.seal(Data(plain), using: SymmetricKey(data: key), authenticating: place(index))
            guard let combined = box.combined else { throw StoreError.io("encryption failed") }
            return [UInt8](combined)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .io("encryption failed: \(error)")
        }
    }

    /// What was sealed; nil if the key is not the one, or anything was changed.
    static func open(_ part: StoredPrivatePart, key: [UInt8]) -> Content? {
        guard let box = try? AES.GCM.SealedBox(combined: part.sealed),
            let plain = try? AES.GCM.open(box, using: SymmetricKey(data: key), authenticating: place(part.index))
        else { return nil }
        let count = Commitment.saltCount
        guard plain.count > count, plain[count] <= 1 else { return nil }
        let isSigned = plain[count] == 1
        guard !isSigned || plain.count > 2 * count else { return nil }
        let rest = plain.dropFirst(count + 1)
        return Content(
            salt: Array(plain.prefix(count)), signerSalt: isSigned ? Array(rest.prefix(count)) : nil,
            bytes: Array(isSigned ? rest.dropFirst(count) : rest))
    }

    private static func place(_ index: UInt64) -> [UInt8] { withUnsafeBytes(of: index.bigEndian) { Array($0) } }
}
