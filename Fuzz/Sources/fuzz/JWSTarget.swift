import Facts
import Foundation

/// A signed fact is read or refused, and its parts come out as they went in.
enum JWSTarget {
    static func examine(_ bytes: [UInt8]) {
        guard let signed = try? SignedFact(bytes) else { return }
        guard let tree = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any],
            let text = tree["payload"] as? String, let payload = Base64URL.decode(text)
        else { broken("what was read is JSON for another reader") }
        demand(tree["protected"] as? String == signed.signature.protected, "the header is kept as it was sent")
        demand(tree["signature"] as? String == signed.signature.signature, "the signature is kept as it was sent")
        let hasPrivate = tree["private"] != nil
        if !hasPrivate { demand(signed.object == Array(payload), "without a private part the payload is the fact") }

        let isVerified = (try? signed.verify(with: GeneratedSeeds.sourceKey)) != nil
        if isVerified { demand(GeneratedSeeds.payloads.contains(Array(payload)), "only what was signed verifies") }
        guard let fact = try? FactSchemas.reader.read(signed.object) else { return }
        FactTarget.check(fact, from: signed.object)
        // A payload with a private member of its own is refused by `verify`.
        if isVerified || hasPrivate { demand(fact.body == Array(payload), "the payload is the body") }
        if isVerified {
            demand(
                SignedFact.verify(signed.signature, body: fact.body, key: GeneratedSeeds.sourceKey),
                "an audit verifies what was verified at the door")
        }
    }
}
