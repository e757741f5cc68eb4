/// How much a client asks of its host, and how long it waits.
package struct ClientLimits: Sendable {
    /// At once; who comes when all are in use waits for one.
    package var connectionCountMax = 8
    /// Who would have to wait behind so many is refused with `ClientFault.busy`.
    package var waitingCountMax = 1024
    /// For each address of the host.
    package var connectTimeMax: Duration = .seconds(2)
    /// From `send` to the last byte of the response, a connection's making included.
    package var answerTimeMax: Duration = .seconds(10)
    /// After so long without use a connection is not trusted again; less than what servers allow.
    package var idleTimeMax: Duration = .seconds(30)
    /// What is accepted of a response.
    package var response = Limits()

    package init() {}
}
