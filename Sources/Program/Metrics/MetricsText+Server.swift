package import HTTP
package import Metrics

/// The metrics of a server, which both programs have. `program` begins each name.
extension MetricsText {
    /// Writes how often each route was answered, by status, and how long that took.
    package mutating func requests(_ program: String, of router: Router) {
        var all: [(labels: Labels, counts: RouteCounts)] = []
        for route in router.routes {
            let labels: Labels = [
                (name: "route", value: route.pattern),
                (name: "method", value: route.method.rawValue),
            ]
            all.append((labels: labels, counts: route.counts))
        }
        let others: Labels = [
            (name: "route", value: "other"), (name: "method", value: "other"),
        ]
        all.append((labels: others, counts: router.others))
        let total = counter(
            "\(program)_http_requests_total", "Answered requests by route, method and status.")
        for (labels, counts) in all {
            for (code, count) in counts.byCode {
                var labels = labels
                labels.append((name: "code", value: code))
                sample(total, labels, count)
            }
        }
        let time = histogram(
            "\(program)_http_request_duration_seconds",
            "Time from a request's arrival to its answer, without the writing of it.")
        for (labels, counts) in all { sample(time, labels, counts.latency.reading) }
    }

    package mutating func connections(_ program: String, of server: Server) {
        let connections = gauge("\(program)_connections", "Open connections by state.")
        for (state, count) in server.connectionCounts {
            sample(connections, [("state", state)], count)
        }
    }

    package mutating func version(_ program: String) {
        let info = gauge("\(program)_build_info", "The version that runs; always 1.")
        sample(info, [("version", programVersion)], 1)
    }
}
