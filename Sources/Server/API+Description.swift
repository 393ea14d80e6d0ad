import Facts
import HTTPTypes

extension API {
    /// The description as OpenAPI 3.1.
    static let description: JSONValue = .object([
        .init("openapi", .string("3.1.0")),
        .init(
            "info",
            .object([
                .init("title", .string("Jianghan")), .init("version", .string("1")),
                .init(
                    "description",
                    .string("A district's facts in a verifiable log. Every route also stands under /{district}/.")),
            ])),
        .init("paths", paths),
        .init(
            "components",
            .object([
                .init("schemas", schemas),
                .init(
                    "securitySchemes",
                    .object([
                        .init("token", .object([.init("type", .string("http")), .init("scheme", .string("bearer"))]))
                    ])),
            ])),
    ])

    private static var paths: JSONValue {
        var members: [JSONValue.Member] = []
        for endpoint in endpoints {
            let operation = JSONValue.Member(endpoint.method.rawValue.lowercased(), operation(endpoint))
            if let known = members.firstIndex(where: { $0.name == endpoint.path }),
                case .object(let others) = members[known].value
            {
                members[known] = .init(endpoint.path, .object(others + [operation]))
            } else {
                members.append(.init(endpoint.path, .object([operation])))
            }
        }
        return .object(members)
    }

    private static func operation(_ endpoint: Endpoint) -> JSONValue {
        var members: [JSONValue.Member] = [.init("summary", .string(endpoint.summary))]
        if !endpoint.parameters.isEmpty {
            members.append(
                .init(
                    "parameters",
                    .array(
                        endpoint.parameters.map { parameter in
                            .object([
                                .init("name", .string(parameter.name)), .init("in", .string(parameter.place)),
                                .init("required", .bool(parameter.place == "path")),
                                .init("description", .string(parameter.description)),
                                .init("schema", .object([.init("type", .string(parameter.type))])),
                            ])
                        })))
        }
        if !endpoint.body.isEmpty {
            // A signed fact needs no token.
            members.append(.init("security", .array([.object([.init("token", .array([]))]), .object([])])))
            let bodies: [JSONValue.Member] = endpoint.body.map { type in
                let name = type.contains("batch") ? "Facts" : type.contains("jose") ? "SignedFact" : "Fact"
                return .init(type, .object([.init("schema", reference(name))]))
            }
            members.append(
                .init("requestBody", .object([.init("required", .bool(true)), .init("content", .object(bodies))])))
        }
        members.append(
            .init(
                "responses",
                .object(
                    endpoint.answers.map { answers in
                        let content = JSONValue.object([
                            .init(answers.type, .object(answers.schema.map { [.init("schema", reference($0))] } ?? []))
                        ])
                        return .init(
                            String(answers.status),
                            .object([.init("description", .string(answers.description)), .init("content", content)]))
                    })))
        return .object(members)
    }

    private static func reference(_ name: String) -> JSONValue {
        .object([.init("$ref", .string("#/components/schemas/\(name)"))])
    }

    /// The schemas of bodies, as JSON Schema.
    private static var schemas: JSONValue {
        let text = """
            {
            "Fact":{"type":"object","required":["specversion","id","source","type","time"],"properties":{
              "specversion":{"const":"1.0"},"id":{"type":"string","minLength":1,"maxLength":256},
              "source":{"type":"string"},"type":{"type":"string"},"subject":{"type":"string"},
              "time":{"type":"string","format":"date-time"},"sequence":{"type":["string","integer"]},
              "data":{"type":"object"},"private":{"type":"object"}}},
            "Facts":{"type":"array","items":{"$ref":"#/components/schemas/Fact"}},
            "SignedFact":{"type":"object","required":["payload","protected","signature"],"properties":{
              "payload":{"type":"string"},"protected":{"type":"string"},"signature":{"type":"string"},
              "private":{"type":"object"},"privatesalt":{"type":"string"}}},
            "Outcome":{"type":"object","properties":{"index":{"type":"integer"},"duplicate":{"type":"boolean"},
              "error":{"$ref":"#/components/schemas/Refusal"}}},
            "Outcomes":{"oneOf":[{"$ref":"#/components/schemas/Outcome"},
              {"type":"array","items":{"$ref":"#/components/schemas/Outcome"}}]},
            "Refusal":{"type":"object","required":["code","message"],"properties":{"code":{"type":"string"},
              "field":{"type":"string"},"rule":{"type":"string"},"message":{"type":"string"}}},
            "Error":{"type":"object","required":["error"],"properties":{
              "error":{"$ref":"#/components/schemas/Refusal"}}},
            "LoggedFact":{"type":"object","required":["index","received","leaf","salt","body","fact","proof"],
              "properties":{"index":{"type":"integer"},"received":{"type":"string","format":"date-time"},
              "leaf":{"type":"string"},"salt":{"type":"string"},"body":{"type":"string"},
              "fact":{"$ref":"#/components/schemas/Fact"},"signature":{"type":"string"},
              "privateCommitment":{"type":"string"},
              "proof":{"oneOf":[{"type":"null"},{"type":"object","required":["size","hashes","checkpoint"],
                "properties":{"size":{"type":"integer"},"hashes":{"type":"array","items":{"type":"string"}},
                "checkpoint":{"type":"string"}}}]}}},
            "Status":{"type":"object","required":["district","origin","simulated","size","sources"],"properties":{
              "district":{"type":"string"},"origin":{"type":"string"},"simulated":{"type":"boolean"},
              "size":{"type":"integer"},"factsPerSecond":{"type":"number"},"vkey":{"type":"string"},
              "uptimeSeconds":{"type":"integer"},"time":{"type":"string","format":"date-time"},
              "checkpoint":{"oneOf":[{"type":"null"},{"type":"object","properties":{"size":{"type":"integer"},
                "root":{"type":"string"},"signedAt":{"type":"string","format":"date-time"}}}]},
              "sources":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},
                "role":{"type":"string"},"state":{"enum":["active","silent","revoked"]},
                "lastReceived":{"type":["string","null"]},"facts":{"type":"integer"},
                "silentAfterSeconds":{"type":["integer","null"]}}}}}},
            "Health":{"type":"object","required":["status"],"properties":{"status":{"const":"ok"},
              "size":{"type":"integer"}}},
            "Description":{"type":"object"}
            }
            """
        // A constant; the API's tests read it.
        return (try? JSONValue(parsing: Array(text.utf8))) ?? .null
    }
}
