import ArgumentParser
import Chat
import Program

extension Registration: ExpressibleByArgument {}

/// The limits of one user or one address.
struct LimitOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: Defaults.authAttempts.help(
            """
            Passwords that may be tried a minute, by address and by address and account; 0 turns \
            throttling off.
            """, valueName: "number"))
    var authAttempts: Int?

    @Option(
        help: Defaults.registration.help(
            "Who may register: everybody, who has a code of `users invite`, or nobody."))
    var registration: Registration?

    @Option(
        parsing: .unconditional,
        help: Defaults.registrationsPerDay.help(
            "Registrations a day for each address; 0 is no limit.", valueName: "number"))
    var registrationsPerDay: Int?

    @Option(
        parsing: .unconditional,
        help: Defaults.sendRate.help(
            "Messages a minute for each user, and twice as many at once; 0 is no limit.",
            valueName: "number"))
    var sendRate: Int?

    @Option(
        parsing: .unconditional,
        help: Defaults.bytesPerDay.help(
            """
            Bytes of stored messages a day for each user, of which each counts as 512 at least; 0 \
            is no limit.
            """, valueName: "bytes"))
    var bytesPerDay: Int?

    @Option(
        parsing: .unconditional,
        help: Defaults.friendRate.help(
            """
            Unknown names an hour that a user may try to add; 0 is no limit, for the 100 new \
            friends a day neither.
            """, valueName: "number"))
    var friendRate: Int?

    @Option(
        parsing: .unconditional,
        help: Defaults.messagesMax.help(
            "Messages that the store may hold; 0 is no limit.", valueName: "number"))
    var messagesMax: Int?

    @Option(
        parsing: .unconditional,
        help: Defaults.heldPolls.help(
            """
            Polls that may wait for a change, at most two of each user; beyond it, and with 0, \
            they are answered at once.
            """, valueName: "number"))
    var heldPolls: Int?

    @Option(
        parsing: .unconditional,
        help: Defaults.photoBytesMax.help(
            """
            Bytes of all photos, of which each counts as 16 KiB at least and a user holds a \
            quarter at most; 0 turns photos off.
            """, valueName: "bytes"))
    var photoBytesMax: Int?

    func photoBytes() throws(StartFailure) -> Int {
        try Defaults.photoBytesMax.number(photoBytesMax, 0...(1 << 50), "--photo-bytes-max")
    }

    func heldPollsMax() throws(StartFailure) -> Int {
        try Defaults.heldPolls.number(heldPolls, 0...100_000, "--held-polls")
    }

    func accountLimits() throws(StartFailure) -> AccountLimits {
        var limits = AccountLimits()
        limits.attemptsPerMinute = try Defaults.authAttempts.number(
            authAttempts, 0...1_000_000, "--auth-attempts")
        limits.registrationsPerDay = try Defaults.registrationsPerDay.number(
            registrationsPerDay, 0...1_000_000_000, "--registrations-per-day")
        limits.registration = try Defaults.registration.value(registration)
        return limits
    }

    func quotas() throws(StartFailure) -> Quotas {
        var quotas = Quotas()
        quotas.sendsPerMinute = try Defaults.sendRate.number(
            sendRate, 0...1_000_000, "--send-rate")
        quotas.bytesPerDay = try Defaults.bytesPerDay.number(
            bytesPerDay, 0...(1 << 50), "--bytes-per-day")
        quotas.unknownNamesPerHour = try Defaults.friendRate.number(
            friendRate, 0...1_000_000, "--friend-rate")
        quotas.messagesMax = try Defaults.messagesMax.number(
            messagesMax, 0...1_000_000_000, "--messages-max")
        return quotas
    }
}
