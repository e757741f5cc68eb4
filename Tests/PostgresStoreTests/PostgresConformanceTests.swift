#if Postgres
    import StoreConformance
    import Testing

    /// Every promise of `ChatStore`, kept by the store in PostgreSQL.
    @Suite struct PostgresConformanceTests {
        @Test(arguments: StoreCase.all(canCrash: false))
        func `a store in a database keeps the promise`(promise: StoreCase) throws {
            try PostgresFixture.run { try await promise.run(on: $0) }
        }

        @Test(arguments: StoreCase.photos)
        func `a store in a database keeps the promise about photos`(promise: StoreCase) throws {
            try PostgresFixture.run { try await promise.run(on: $0) }
        }

        @Test(arguments: StoreCase.all(canCrash: false))
        func `it does so where each decision runs twice, and a later version expands the schema`(
            promise: StoreCase
        ) throws {
            try PostgresFixture.run {
                let expanded = MigrationTests.ExpandedFixture(over: $0)
                try await promise.run(on: RepeatingFixture(over: expanded))
            }
        }
    }
#endif
