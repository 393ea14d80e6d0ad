import Yams

/// A scenario as its folder describes it: here its fact types.
public struct Scenario: Equatable, Sendable {
    /// The name, that of the folder.
    public let name: String
    /// Grows with each change.
    public let version: Int64
    /// The types it brings.
    public let types: [FactType]
    /// The `facts:` part as a tree, which goes into the log when the scenario is adopted.
    public let facts: JSONValue

    /// What is wrong with a scenario file.
    public struct LoadError: Error, CustomStringConvertible, Equatable, Sendable {
        /// The file.
        public let file: String
        /// The line, from 1; 0 when the whole file is meant.
        public let line: Int
        /// Where in the file's tree, and which rule.
        public let message: String

        /// `file:line: message`
        public var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
    }

    /// Reads the text of a `scenario.yaml`.
    ///
    /// - Parameters:
    ///   - yaml: the text.
    ///   - file: its name, for errors.
    public init(yaml: String, file: String) throws(LoadError) {
        let root: Node
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                throw LoadError(file: file, line: 0, message: "the file is empty")
            }
            root = node
        } catch let error as LoadError {
            throw error
        } catch let YamlError.scanner(context, problem, mark, _) {
            throw LoadError(file: file, line: mark.line, message: Self.message(context, problem))
        } catch let YamlError.parser(context, problem, mark, _) {
            throw LoadError(file: file, line: mark.line, message: Self.message(context, problem))
        } catch let YamlError.composer(context, problem, mark, _) {
            throw LoadError(file: file, line: mark.line, message: Self.message(context, problem))
        } catch let YamlError.duplicatedKeysInMapping(names, context) {
            let list = names.map { "'\($0)'" }.joined(separator: ", ")
            throw LoadError(file: file, line: context.mark.line, message: "\(list) stands twice in this mapping")
        } catch let YamlError.reader(problem, offset, _, _) {
            let line = offset.map { yaml.utf8.prefix($0).count { $0 == UInt8(ascii: "\n") } + 1 }
            throw LoadError(file: file, line: line ?? 0, message: problem)
        } catch {
            throw LoadError(file: file, line: 0, message: "not YAML: \(error)")
        }
        do throws(SchemaError) {
            var values = 0
            let value = try JSONValue(root, path: [], values: &values)
            let reader = try SchemaReader(
                value, path: [], known: ["scenario", "title", "version", "facts", "cases", "rules", "views"])
            guard let name = try reader.string("scenario") else {
                throw SchemaError(path: [], rule: "needs 'scenario', its name")
            }
            guard let version = value["version"]?.integer, version > 0 else {
                throw SchemaError(path: ["version"], rule: "must be an integer from 1")
            }
            for unread in ["cases", "rules", "views"] where value[unread] != nil {
                throw SchemaError(path: [unread], rule: "is not read by this version of the program")
            }
            guard let facts = value["facts"] else { throw SchemaError(path: [], rule: "needs 'facts'") }
            self.name = name
            self.version = version
            self.facts = facts
            do throws(SchemaError) {
                types = try FactType.types(in: facts)
            } catch {
                throw SchemaError(path: ["facts"] + error.path, rule: error.rule)
            }
        } catch {
            let line = root.line(of: error.path)
            let place = error.path.joined(separator: " › ")
            throw LoadError(file: file, line: line, message: place.isEmpty ? error.rule : "\(place): \(error.rule)")
        }
    }

    /// libyaml says half of the sentence in each.
    private static func message(_ context: YamlError.Context?, _ problem: String) -> String {
        [context?.text, problem].compactMap(\.self).joined(separator: " ")
    }
}

extension JSONValue {
    /// A YAML tree as JSON; plain scalars as Yams resolves them, so that `yes` and `off` are booleans as in YAML 1.1; but
    /// `12:30` is a text, no number to the base 60.
    ///
    /// Aliases are resolved by then, so a short text can stand for a tree that has no end; what cannot be in the fact by
    /// which a scenario is adopted is refused here.
    init(_ node: Node, path: [String], depth: Int = 0, values: inout Int) throws(SchemaError) {
        values += 1
        // Each value takes a byte of that fact's body at least.
        guard values <= FactReader.maximumBody else {
            throw SchemaError(path: path, rule: "more than \(FactReader.maximumBody) values, aliases resolved")
        }
        // The fact holds `facts` one level deeper than the file does.
        let deepest = JSONScanner.maximumDepth - 1
        guard depth < deepest else { throw SchemaError(path: path, rule: "nested deeper than \(deepest) levels") }
        switch node {
        case .mapping(let mapping):
            var members: [Member] = []
            for (key, value) in mapping {
                guard let name = key.string else { throw SchemaError(path: path, rule: "a key must be a text") }
                guard !members.contains(where: { $0.name == name }) else {
                    throw SchemaError(path: path + [name], rule: "stands twice")
                }
                let member = try JSONValue(value, path: path + [name], depth: depth + 1, values: &values)
                members.append(Member(name, member))
            }
            self = .object(members)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for value in sequence {
                elements.append(try JSONValue(value, path: path, depth: depth + 1, values: &values))
            }
            self = .array(elements)
        case .scalar(let scalar):
            // Only a plain scalar is anything but a text.
            if [.singleQuoted, .doubleQuoted, .literal, .folded].contains(scalar.style) {
                self = .string(scalar.string)
            } else if node.null != nil {
                self = .null
            } else if let bool = node.bool {
                self = .bool(bool)
            } else if scalar.string.utf8.contains(UInt8(ascii: ":")) {
                // To the base 60 Yams computes without a check for overflow: a long one would end the program.
                self = .string(scalar.string)
            } else if let integer = node.int, integer.magnitude <= 1 << 53 {
                self = .integer(Int64(integer))
            } else if let double = node.float, double.isFinite {
                self = .double(double)
            } else {
                self = .string(scalar.string)
            }
        case .alias:
            throw SchemaError(path: path, rule: "YAML aliases are not read")
        }
    }
}

extension Node {
    /// The line of the deepest node on a path that exists.
    fileprivate func line(of path: [String]) -> Int {
        var node = self
        var line = node.mark?.line ?? 0
        for name in path {
            guard case .mapping(let mapping) = node,
                let pair = mapping.first(where: { $0.key.string == name })
            else { break }
            node = pair.value
            line = pair.key.mark?.line ?? line
        }
        return line
    }
}
