/// Writes Prometheus' text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
///
/// Names and labels come from our own source, so nothing needs to be escaped. A name that breaks
/// the rules of its kind traps.
package struct MetricsText: Sendable {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package typealias Labels = [(name: StaticString, value: String)]

    package private(set) var text = ""
    private var names: Set<String> = []

    package init() {}

    /// Begins a count that only grows. Its name ends in `_total`.
    package mutating func counter(_ name: String, _ help: String) -> Family {
        precondition(name.hasSuffix("_total"), "\(name) is a counter")
        return begin(name, help, "counter")
    }

    /// Begins a value that rises and falls.
    package mutating func gauge(_ name: String, _ help: String) -> Family {
        precondition(!name.hasSuffix("_total"), "\(name) is no counter")
        return begin(name, help, "gauge")
    }

    package mutating func histogram(_ name: String, _ help: String) -> Family {
        begin(name, help, "histogram")
    }

    /// One metric's name, for its samples. They follow its beginning at once.
    package struct Family {
        fileprivate let name: String
    }

    private mutating func begin(_ name: String, _ help: String, _ kind: String) -> Family {
        precondition(names.insert(name).inserted, "\(name) is there twice")
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        return Family(name: name)
    }

    package mutating func sample(_ family: Family, _ value: Int) { sample(family, [], value) }

    package mutating func sample(_ family: Family, _ labels: Labels, _ value: Int) {
        text += "\(family.name)\(Self.text(labels)) \(value)\n"
    }

    package mutating func sample(_ family: Family, seconds: Double) {
        text += "\(family.name) \(seconds)\n"
    }

    package mutating func sample(_ family: Family, _ reading: Histogram.Reading) {
        sample(family, [], reading)
    }

    package mutating func sample(
        _ family: Family, _ labels: Labels, _ reading: Histogram.Reading
    ) {
        var total = 0
        let bounds = reading.scale.bounds
        for bucket in 0...Histogram.boundCount {
            total += reading.counts[bucket]
            let bound =
                bucket == Histogram.boundCount ? "+Inf" : reading.scale.text(bounds[bucket])
            text += "\(family.name)_bucket\(Self.text(labels, bound: bound)) \(total)\n"
        }
        text += "\(family.name)_sum\(Self.text(labels)) \(reading.scale.text(reading.sum))\n"
        text += "\(family.name)_count\(Self.text(labels)) \(total)\n"
    }

    private static func text(_ labels: Labels, bound: String? = nil) -> String {
        var pairs = labels.map { "\($0.name)=\"\($0.value)\"" }
        if let bound { pairs.append("le=\"\(bound)\"") }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }
}

extension Histogram.Scale {
    fileprivate func text(_ value: Int) -> String {
        switch self {
        case .seconds: "\(Double(value) / 1e9)"
        case .count: "\(value)"
        }
    }
}
