import Program

@main
struct Main {
    static func main() {
        Launch<ChatCoreCommand>.main()
    }
}
