import Testing

@testable import Metrics

@Suite struct MetricsTests {
    @Test func `a value is counted in the first bucket that holds it`() {
        let histogram = Histogram(.count)
        for value in [0, 1, 2, 3, 1024, 1025] { histogram.add(value) }
        let reading = histogram.reading
        #expect(reading.counts == [2, 1, 1, 0, 0, 0, 0, 1, 1])
        #expect(reading.sum == 2055)
    }

    @Test func `durations are counted in nanoseconds`() {
        let histogram = Histogram()
        histogram.add(.microseconds(100))
        histogram.add(.microseconds(101))
        histogram.add(.seconds(11))
        #expect(histogram.reading.counts == [1, 1, 0, 0, 0, 0, 0, 0, 1])
        #expect(histogram.reading.sum == 11_000_201_000)
    }

    @Test func `a share of the values lies under the bound of its bucket`() {
        let histogram = Histogram(.count)
        #expect(histogram.reading.bound(ofShare: 0.5) == nil)
        for _ in 0..<98 { histogram.add(2) }
        histogram.add(300)
        histogram.add(5000)
        #expect(histogram.reading.bound(ofShare: 0.5) == 2)
        #expect(histogram.reading.bound(ofShare: 0.98) == 2)
        #expect(histogram.reading.bound(ofShare: 0.99) == 1024)
        #expect(histogram.reading.bound(ofShare: 1) == .max)
    }

    @Test func `a reading minus an earlier one is what came between`() {
        let histogram = Histogram(.count)
        histogram.add(1)
        let earlier = histogram.reading
        histogram.add(7)
        let between = histogram.reading.since(earlier)
        #expect((between.total, between.sum) == (1, 7))
        #expect((earlier + between) == histogram.reading)
    }

    @Test func `a family is written with its help, type and labels`() {
        var text = MetricsText()
        let sends = text.counter("chat_sends_total", "Sends.")
        text.sample(sends, [("route", "/chat/send"), ("code", "200")], 7)
        let size = text.gauge("chat_bytes", "Bytes.")
        text.sample(size, 5)
        #expect(
            text.text == """
                # HELP chat_sends_total Sends.
                # TYPE chat_sends_total counter
                chat_sends_total{route="/chat/send",code="200"} 7
                # HELP chat_bytes Bytes.
                # TYPE chat_bytes gauge
                chat_bytes 5

                """)
    }

    @Test func `buckets of a histogram add up, and seconds are shown`() {
        let histogram = Histogram()
        histogram.add(.milliseconds(3))
        histogram.add(.seconds(60))
        var text = MetricsText()
        let time = text.histogram("chat_seconds", "Time.")
        text.sample(time, [("queue", "seal")], histogram.reading)
        let lines = text.text.split(separator: "\n").dropFirst(2).map(String.init)
        #expect(lines.count == 11)
        #expect(lines[0] == #"chat_seconds_bucket{queue="seal",le="0.0001"} 0"#)
        #expect(lines[2] == #"chat_seconds_bucket{queue="seal",le="0.005"} 1"#)
        #expect(lines[8] == #"chat_seconds_bucket{queue="seal",le="+Inf"} 2"#)
        #expect(lines[9] == #"chat_seconds_sum{queue="seal"} 60.003"#)
        #expect(lines[10] == #"chat_seconds_count{queue="seal"} 2"#)
    }

    @Test func `names of what fails are counted each by itself`() {
        let tallies = NamedTallies()
        for name in ["busy", "sealed", "busy"] { tallies.add(name) }
        #expect(tallies.counts == ["busy": 2, "sealed": 1])
    }
}
