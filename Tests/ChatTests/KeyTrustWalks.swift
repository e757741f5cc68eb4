import Encoding

@testable import Chat

extension KeyTrustTests {
    static let disturbances = [
        Walk(
            "a failed call leads to a probe at once, and others go on",
            ready + [
                Step(
                    50, .callFailed(away, isCancelled: false),
                    [.log(.callFailed(away)), .probe(at: at(50))], .ready),
                Step(50, .timePassed, [.probeNow(deadline: at(550))], .ready),
            ]),
        Walk(
            "a probe during which a call failed makes nothing ready and is repeated",
            probing + [
                Step(
                    5, .callFailed(away, isCancelled: false), [.log(.callFailed(away))],
                    .notProbed),
                Step(
                    10, .shown([first], known: knownFirst, by: .probe),
                    [digest, .probe(at: at(10))],
                    .notProbed),
                Step(10, .timePassed, [.probeNow(deadline: at(510))], .notProbed),
                Step(
                    20, .shown([first], known: knownFirst, by: .probe),
                    [.log(.ready), .probe(at: at(420))], .ready),
            ]),
        Walk(
            "a disturbed probe that fails counts, and is repeated",
            probingAgain + [
                Step(
                    415, .callFailed(.otherKeys("x"), isCancelled: true), [], .ready),
                Step(
                    420, .failed(away, by: .probe),
                    [.log(.unavailable("away")), .probe(at: at(420))], .unavailable("away")),
            ]),
        Walk(
            "a disturbance keeps the deadline",
            probingAgain + [
                Step(600, .callFailed(away, isCancelled: true), [], .ready),
                Step(
                    910, .timePassed, [.log(.unavailable(late)), .probe(at: at(910))],
                    .unavailable(late)),
            ]),
        Walk(
            "a call that failed by itself disturbs nothing",
            ready + [
                Step(20, .callFailed(.busy, isCancelled: false), [], .ready),
                Step(
                    21, .callFailed(.refused("x"), isCancelled: false),
                    [.log(.callFailed(.refused("x")))], .ready),
                Step(
                    22, .callFailed(.failed("x"), isCancelled: false),
                    [.log(.callFailed(.failed("x")))], .ready),
                Step(
                    23, .callFailed(.keyRetired, isCancelled: false),
                    [.log(.callFailed(.keyRetired))],
                    .ready),
                Step(24, .callFailed(.failed("x"), isCancelled: true), [], .ready),
            ]),
        Walk(
            "a failed call hastens no probe of a vault that is away",
            probing + [
                Step(
                    10, .failed(away, by: .probe),
                    [.log(.unavailable("away")), .probe(at: at(410))], .unavailable("away")),
                Step(
                    20, .callFailed(away, isCancelled: false), [.log(.callFailed(away))],
                    .unavailable("away")),
            ]),
        Walk(
            "a forgotten key leads to a probe at once in any state",
            probing + [
                Step(
                    10, .shown([second], known: knownFirst, by: .probe),
                    [.log(.otherKeys(lost)), .probe(at: at(410))], .otherKeys(lost)),
                Step(20, .keyForgotten, [.probe(at: at(20))], .otherKeys(lost)),
                Step(20, .timePassed, [.probeNow(deadline: at(520))], .otherKeys(lost)),
                Step(21, .keyForgotten, [], .otherKeys(lost)),
            ]),
    ]

    static let connections = [
        Walk(
            "a connection to known keys changes nothing",
            ready + [
                Step(20, .shown([first], known: knownFirst, by: .connection), [], .ready)
            ]),
        Walk(
            "new keys of a connection are noted and change the digest",
            ready + [
                Step(
                    20, .shown([first, second], known: knownFirst, by: .connection),
                    [.note([second], shown: [first, second], by: .connection)], .ready),
                Step(21, .keyNoted(version: 2), [.log(.keyNoted(version: 2))], .ready),
                Step(21, .allNoted([first, second], by: .connection), [digestOfBoth], .ready),
            ]),
        Walk(
            "a good connection alone makes nothing ready",
            probing + [
                Step(5, .shown([first], known: knownFirst, by: .connection), [digest], .notProbed)
            ]),
        Walk(
            "a connection to other keys is refused and turns the state",
            ready + [
                Step(
                    20, .shown([second], known: knownFirst, by: .connection),
                    [.log(.otherKeys(lost)), .refuse(.otherKeys(lost))], .otherKeys(lost)),
                Step(
                    21, .shown([second], known: knownFirst, by: .connection),
                    [.refuse(.otherKeys(lost))], .otherKeys(lost)),
                Step(410, .timePassed, [.probeNow(deadline: at(910))], .otherKeys(lost)),
            ]),
        Walk(
            "a probe from before such a connection makes nothing ready",
            probingAgain + [
                Step(
                    415, .shown([second], known: knownFirst, by: .connection),
                    [.log(.otherKeys(lost)), .refuse(.otherKeys(lost))], .otherKeys(lost)),
                Step(
                    420, .shown([first], known: knownFirst, by: .probe), [.probe(at: at(420))],
                    .otherKeys(lost)),
            ]),
        Walk(
            "a connection whose keys cannot be noted is refused alone",
            probingAgain + [
                Step(415, .failed(away, by: .connection), [.refuse(away)], .ready),
                Step(
                    416, .shown([], known: KnownKeys([:]), by: .connection),
                    [.refuse(.unavailable("the vault has no key"))], .ready),
                Step(
                    420, .shown([first], known: knownFirst, by: .probe), [.probe(at: at(820))],
                    .ready),
            ]),
    ]

    static let ends = [
        Walk(
            "the end drops the probe in flight and says nothing of the vault",
            probingAgain + [
                Step(420, .cancelled, [], .ready),
                Step(421, .failed(away, by: .probe), [], .ready),
                Step(421, .shown([second], known: knownFirst, by: .probe), [], .ready),
                Step(422, .callFailed(away, isCancelled: false), [.log(.callFailed(away))], .ready),
                Step(423, .keyForgotten, [], .ready),
                Step(2000, .timePassed, [], .ready),
            ]),
        Walk(
            "after the end connections are still judged",
            probingAgain + [
                Step(420, .cancelled, [], .ready),
                Step(
                    421, .shown([second], known: knownFirst, by: .connection),
                    [.log(.otherKeys(lost)), .refuse(.otherKeys(lost))], .otherKeys(lost)),
            ]),
        Walk(
            "a new start probes at once",
            ready + [
                Step(20, .cancelled, [], .ready), Step(30, .started, [.probe(at: at(30))], .ready),
                Step(30, .timePassed, [.probeNow(deadline: at(530))], .ready),
            ]),
    ]
}
