package io.tikvdirect.integration.behaviour;

import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** On a cluster of the user's. */
@EnabledIfSystemProperty(
        named = "tikvdirect.integration",
        matches = "true",
        disabledReason = "runs with -Pintegration only")
@EnabledIfEnvironmentVariable(named = "PD_ADDRS", matches = ".+", disabledReason = "PD_ADDRS names no cluster")
class ExternalClusterTransactionsTest extends TransactionBehaviour {
    ExternalClusterTransactionsTest() {
        super(ServerUnderTest.external());
    }
}
