import Program

@main
struct Main {
    static func main() {
        Launch<CipherCommand>.main()
    }
}
