import Encoding
import EventLoop
import Testing

@testable import Chat

/// Walks of events through the state machine. Each step gives the time in milliseconds, the event,
/// and exactly the actions and the state that follow.
@Suite struct KeyTrustTests {
    struct Walk: CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]

        init(_ name: String, _ steps: [Step]) {
            (testDescription, self.steps) = (name, steps)
        }
    }

    struct Step {
        let time: Int
        let event: KeyTrust.Event
        let actions: [KeyTrust.Action]
        let state: KeyTrust.State

        init(
            _ time: Int, _ event: KeyTrust.Event, _ actions: [KeyTrust.Action],
            _ state: KeyTrust.State
        ) {
            (self.time, self.event, self.actions, self.state) = (time, event, actions, state)
        }
    }

    static func at(_ milliseconds: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: 0) + .milliseconds(milliseconds)
    }

    // MARK: Keys, faults and what they lead to

    static let first = VaultKey.first
    static let second = VaultKey(version: 2, fingerprint: "bb")
    static let knownFirst = KnownKeys([1: "aa"])
    static let knownBoth = KnownKeys([1: "aa", 2: "bb"])
    static let digest = KeyTrust.Action.publish(digest: VaultKey.digest(of: [first]))
    static let digestOfBoth = KeyTrust.Action.publish(
        digest: VaultKey.digest(of: [first, second]))
    static let lost =
        "the vault does not hold the keys of the stored messages: key version 1 is missing; give "
        + "it back its key ring, or, where that is lost for good, run ChatCore store forget-key 1"
    static let different = "key version 2 is another key (its fingerprint differs)"
    static let late = "the vault did not answer within 0.5 seconds"
    static let away = VaultFault.unavailable("away")

    /// The start, and a first probe that begins at 0. Its deadline is 500.
    static let probing = [
        Step(0, .started, [.probe(at: at(0))], .notProbed),
        Step(0, .timePassed, [.probeNow(deadline: at(500))], .notProbed),
    ]
    /// A good first probe that ends at 10. The next one is due at 410.
    static let ready =
        probing + [
            Step(
                10, .shown([first], known: knownFirst, by: .probe),
                [digest, .log(.ready), .probe(at: at(410))], .ready)
        ]
    /// The second probe, which begins at 410. Its deadline is 910.
    static let probingAgain =
        ready + [Step(410, .timePassed, [.probeNow(deadline: at(910))], .ready)]

    // MARK: Walks

    static let probes = [
        Walk(
            "a pause lies between two good probes, and a good one logs nothing new",
            probingAgain + [
                Step(
                    420, .shown([first], known: knownFirst, by: .probe), [.probe(at: at(820))],
                    .ready),
                Step(819, .timePassed, [], .ready),
                Step(820, .timePassed, [.probeNow(deadline: at(1320))], .ready),
            ]),
        Walk(
            "new keys are noted before the vault is ready",
            probing + [
                Step(
                    10, .shown([first, second], known: KnownKeys([:]), by: .probe),
                    [.note([first, second], shown: [first, second], by: .probe)], .notProbed),
                Step(11, .keyNoted(version: 1), [.log(.keyNoted(version: 1))], .notProbed),
                Step(12, .keyNoted(version: 2), [.log(.keyNoted(version: 2))], .notProbed),
                Step(
                    12, .allNoted([first, second], by: .probe),
                    [digestOfBoth, .log(.ready), .probe(at: at(412))], .ready),
            ]),
        Walk(
            "a key that another writer noted differently turns the state",
            probing + [
                Step(
                    10, .shown([first, second], known: knownFirst, by: .probe),
                    [.note([second], shown: [first, second], by: .probe)], .notProbed),
                Step(
                    11, .failed(.otherKeys(different), by: .probe),
                    [.log(.otherKeys(different)), .probe(at: at(411))], .otherKeys(different)),
            ]),
        Walk(
            "a vault without keys is unavailable",
            probing + [
                Step(
                    10, .shown([], known: KnownKeys([:]), by: .probe),
                    [.log(.unavailable("the vault has no key")), .probe(at: at(410))],
                    .unavailable("the vault has no key"))
            ]),
        Walk(
            "other keys are told once, until the right ones are back",
            probing + [
                Step(
                    10, .shown([second], known: knownFirst, by: .probe),
                    [.log(.otherKeys(lost)), .probe(at: at(410))], .otherKeys(lost)),
                Step(410, .timePassed, [.probeNow(deadline: at(910))], .otherKeys(lost)),
                Step(
                    420, .shown([second], known: knownFirst, by: .probe), [.probe(at: at(820))],
                    .otherKeys(lost)),
                Step(820, .timePassed, [.probeNow(deadline: at(1320))], .otherKeys(lost)),
                Step(
                    830, .shown([first], known: knownFirst, by: .probe),
                    [digest, .log(.ready), .probe(at: at(1230))], .ready),
            ]),
        Walk(
            "a vault that goes and returns is logged once each way",
            probingAgain + [
                Step(
                    420, .failed(away, by: .probe),
                    [.log(.unavailable("away")), .probe(at: at(820))], .unavailable("away")),
                Step(820, .timePassed, [.probeNow(deadline: at(1320))], .unavailable("away")),
                Step(
                    830, .failed(.unavailable("off"), by: .probe),
                    [.log(.stillUnavailable("off")), .probe(at: at(1230))], .unavailable("off")),
                Step(1230, .timePassed, [.probeNow(deadline: at(1730))], .unavailable("off")),
                Step(
                    1240, .shown([first], known: knownFirst, by: .probe),
                    [.log(.ready), .probe(at: at(1640))], .ready),
            ]),
        Walk(
            "a failed operation of the probe is the vault's own",
            probing + [
                Step(
                    10, .failed(.failed("x"), by: .probe),
                    [.log(.unavailable("x")), .probe(at: at(410))], .unavailable("x"))
            ]),
        Walk(
            "a probe past its deadline fails, and its late answer is dropped",
            probingAgain + [
                Step(909, .timePassed, [], .ready),
                Step(
                    910, .timePassed, [.log(.unavailable(late)), .probe(at: at(1310))],
                    .unavailable(late)),
                Step(
                    920, .shown([first, second], known: knownFirst, by: .probe), [],
                    .unavailable(late)),
                Step(921, .allNoted([first, second], by: .probe), [], .unavailable(late)),
                Step(922, .failed(.otherKeys("x"), by: .probe), [], .unavailable(late)),
            ]),
    ]

    @Test(arguments: probes + disturbances + connections + ends)
    func `each event leads to exactly these actions`(_ walk: Walk) {
        var trust = KeyTrust(times: KeyGuardTimes())
        for (index, step) in walk.steps.enumerated() {
            let actions = trust.handle(step.event, at: Self.at(step.time))
            let state = trust.state
            #expect(actions == step.actions, "step \(index)")
            #expect(state == step.state, "step \(index)")
        }
    }
}
