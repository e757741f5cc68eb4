/// Ends the fuzzer with that sentence. Unlike `precondition` it says why in a release build too.
func expect(_ isSo: Bool, _ sentence: StaticString) {
    if !isSo { fatalError("\(sentence)") }
}
